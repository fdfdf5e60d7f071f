// The Centrifugo client protocol, version 2, as JSON: as much of it as the web UI speaks.
import { WebSocketServer } from 'ws';

export class Socket {
  clients = new Map();
  lastId = 0;

  constructor(server, world) {
    this.world = world;
    const sockets = new WebSocketServer({ noServer: true });
    server.on('upgrade', (request, stream, head) => {
      if (!request.url.startsWith('/api/v1/socket')) return stream.destroy();
      sockets.handleUpgrade(request, stream, head, (socket) => this.accept(socket, world.personOf(request)));
    });
  }

  accept(socket, person) {
    const client = { id: `c${(this.lastId += 1)}`, socket, person, channels: new Set() };
    this.clients.set(client.id, client);
    socket.on('message', (data) => {
      for (const line of String(data).split('\n'))
        if (line.trim() !== '') this.command(client, JSON.parse(line));
    });
    socket.on('close', () => {
      this.clients.delete(client.id);
      for (const channel of client.channels) this.push(channel, { leave: { info: this.info(client) } });
      this.world.listenersChanged();
    });
    client.ping = setInterval(() => socket.send('{}'), 25_000);
    socket.on('close', () => clearInterval(client.ping));
  }

  info(client) {
    return { client: client.id, user: client.person.id, conn_info: { name: client.person.name } };
  }

  send(client, message) {
    client.socket.send(JSON.stringify(message));
  }

  push(channel, body, except) {
    for (const client of this.clients.values()) {
      if (client.channels.has(channel) && client !== except)
        this.send(client, { push: { channel, ...body } });
    }
  }

  present(channel) {
    return [...this.clients.values()].filter((client) => client.channels.has(channel));
  }

  /** How many people, not connections, are in a nest. */
  listeners(code) {
    return new Set(this.present(`nest:${code}`).map((client) => client.person.id)).size;
  }

  command(client, { id, connect, subscribe, unsubscribe, presence, rpc }) {
    if (id === undefined) return; // A pong.
    if (!client.person) {
      client.socket.close(3500, 'not signed in');
    } else if (connect) {
      this.send(client, { id, connect: { client: client.id, version: 'mock', ping: 25, pong: true } });
    } else if (subscribe) {
      this.subscribe(client, id, subscribe);
    } else if (unsubscribe) {
      client.channels.delete(unsubscribe.channel);
      this.push(unsubscribe.channel, { leave: { info: this.info(client) } });
      this.send(client, { id, unsubscribe: {} });
      this.world.listenersChanged();
    } else if (presence) {
      const clients = this.present(presence.channel).map((other) => [other.id, this.info(other)]);
      for (const [key, info] of this.world.ghosts(presence.channel)) clients.push([key, info]);
      this.send(client, { id, presence: { presence: Object.fromEntries(clients) } });
    } else if (rpc?.method === 'clock') {
      const now = Date.now() * 1000;
      this.send(client, { id, rpc: { data: { received_us: now, sent_us: now } } });
    } else {
      this.send(client, { id, error: { code: 104, message: 'method not found' } });
    }
  }

  subscribe(client, id, { channel, recover, epoch, offset = 0 }) {
    client.channels.add(channel);
    const nest = channel.startsWith('nest:') ? this.world.nest(channel.slice(5)) : null;
    if (channel.startsWith('nest:') && !nest) {
      return this.send(client, { id, error: { code: 102, message: 'unknown channel' } });
    }
    const reply = {};
    if (nest) {
      const recovered = recover === true && epoch === nest.epoch;
      Object.assign(reply, {
        recoverable: true,
        positioned: true,
        epoch: nest.epoch,
        offset: nest.offset,
        was_recovering: recover === true,
        recovered,
        publications: recovered ? nest.log.filter((publication) => publication.offset > offset) : []
      });
    }
    this.send(client, { id, subscribe: reply });
    if (nest) this.push(channel, { join: { info: this.info(client) } }, client);
    this.world.listenersChanged();
  }
}
