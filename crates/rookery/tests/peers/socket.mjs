// The socket, through the unmodified npm client `centrifuge` that our own UI uses too.
import {
  check, client, command, connected, contract, frames, handOver, http, offsets, once, origin, people, range, run, same, snapshot,
  socketToken, subscribed, until, within,
} from './support.mjs';
import { Webhook } from 'standardwebhooks';

const { ada, ben, bot } = people;
const track = people.track;
const nest = 'nest:main';

/** Some events: pause and resume by turns, `count` of them. */
async function happen(count) {
  const paused = (await snapshot(ada)).state.playing.playback.state === 'paused';
  for (let at = 0; at < count; at++) await command(ada, (at % 2 === 0) === paused ? 'resume' : 'pause');
}

async function connecting() {
  const withToken = await connected(ada);
  check('a socket token connects', withToken.state === 'connected');
  const program = client({ token: bot.secret });
  program.connect();
  const context = await within(once(program, 'connected'), 'connected');
  check('an API token connects', context.client.length > 0, context);

  const nobody = client();
  const told = once(nobody, 'disconnected');
  nobody.connect();
  // The client takes the error of the reply; whoever waits for the close frame gets 3500.
  check('nobody is told so for good', (await within(told, 'refused')).code === 101);
  const { code } = await frames(null, JSON.stringify({ id: 1, connect: {} }));
  check('and the socket is closed for good', code === 3500, code);
  const forged = client({ token: `${(await socketToken(ada)).slice(0, -2)}xx` });
  const refused = once(forged, 'disconnected');
  forged.connect();
  check('a forged token is told so for good', (await within(refused, 'refused')).code === 101);
}

async function publications() {
  const made = await connected(ada);
  const before = await snapshot(ada);
  const since = { epoch: before.epoch, offset: before.offset };
  const subscription = await subscribed(made, nest, { since });
  check('the snapshot is the position', subscription.context.streamPosition.offset === before.offset);
  check('the stream is recoverable', subscription.context.recoverable && subscription.context.positioned);
  await command(ada, 'add', { track_id: track });
  await happen(20);
  const last = (await snapshot(ada)).offset;
  await until('all came', () => subscription.heard.at(-1)?.offset === last);
  check('publications come in order without holes', same(offsets(subscription), range(before.offset + 1, last)), offsets(subscription));
  const types = new Set(subscription.heard.map((publication) => publication.data.event.type));
  check('publications are the events', types.has('playback_changed') && types.has('playback_started'), [...types]);
}

async function recovery() {
  const made = await connected(ada);
  const subscription = await subscribed(made, nest);
  await command(ada, 'add', { track_id: track });
  await until('the first came', () => subscription.heard.length === 2);
  made.disconnect();
  await happen(30);
  const last = (await snapshot(ada)).offset;
  const again = once(subscription, 'subscribed');
  made.connect();
  const context = await within(again, 'subscribed again');
  await until('all came', () => subscription.heard.at(-1)?.offset === last);
  check('a client that was away recovers', context.wasRecovering && context.recovered, context);
  const first = subscription.heard[0].offset;
  check('and gets exactly what it missed', same(offsets(subscription), range(first, last)), offsets(subscription));

  const late = await subscribed(await connected(ben), nest, { since: { epoch: context.streamPosition.epoch, offset: 1 } });
  await until('all came', () => late.heard.at(-1)?.offset === last);
  check('a late client recovers from the snapshot it has', late.context.recovered && same(offsets(late), range(2, last)));
}

async function restart() {
  const made = await connected(ada);
  const subscription = await subscribed(made, nest);
  await command(ada, 'add', { track_id: track });
  await until('the first came', () => subscription.heard.length === 2);
  made.disconnect();
  await happen(40);
  const last = (await snapshot(ada)).offset;
  await handOver('kill and restart');
  const again = once(subscription, 'subscribed');
  made.connect();
  const context = await within(again, 'subscribed again');
  await until('all came', () => subscription.heard.at(-1)?.offset === last);
  check('a client recovers from the log of another process', context.wasRecovering && context.recovered, context);
  const first = subscription.heard[0].offset;
  check('and gets exactly what it missed', same(offsets(subscription), range(first, last)), offsets(subscription));
}

async function shutdown() {
  const made = await connected(ada);
  const subscription = await subscribed(made, nest);
  await command(ada, 'add', { track_id: track });
  await until('the first came', () => subscription.heard.length === 2);
  const connecting = [];
  made.on('connecting', (context) => connecting.push(context));
  const again = once(subscription, 'subscribed');
  await handOver('end and start again');
  const context = await within(again, 'subscribed again', 20_000);
  check('it was told that the server goes away', connecting[0]?.code === 3001, connecting);
  check('it came back without a hole', context.recovered, context);
  await happen(2);
  await until('it hears again', () => subscription.heard.length === 4);
  const first = subscription.heard[0].offset;
  check('and hears all', same(offsets(subscription), range(first, first + 3)), offsets(subscription));
}

async function unrecoverable() {
  const made = await connected(ada);
  const now = await snapshot(ada);
  for (const [what, since] of [
    ['another stream', { epoch: '0'.repeat(26), offset: now.offset }],
    ['a position in the future', { epoch: now.epoch, offset: now.offset + 1000 }],
  ]) {
    const subscription = await subscribed(made, nest, { since });
    const { wasRecovering, recovered, streamPosition } = subscription.context;
    check(`${what} cannot be recovered`, wasRecovering && !recovered, subscription.context);
    check(`${what}: a snapshot goes on from the position`, streamPosition.offset === (await snapshot(ada)).offset);
    await command(ada, 'configure', { name: what });
    await until('what is new comes', () => subscription.heard.length === 1);
    check(`${what}: what is new is heard`, subscription.heard[0].offset === streamPosition.offset + 1);
    made.removeSubscription(subscription);
  }
}

async function presence() {
  const first = await connected(ada);
  const joins = [];
  const leaves = [];
  const subscription = first.newSubscription(nest, { joinLeave: true });
  subscription.on('join', ({ info }) => joins.push(info));
  subscription.on('leave', ({ info }) => leaves.push(info));
  const done = once(subscription, 'subscribed');
  subscription.subscribe();
  await within(done, 'subscribed');
  const second = await connected(ben);
  const third = await connected(ben);
  for (const made of [second, third]) await subscribed(made, nest);
  await until('both joined', () => joins.length === 2);
  check('joins say who', joins.every((info) => info.user === ben.person && info.connInfo.name === 'Ben'), joins);
  const { clients } = await subscription.presence();
  const users = Object.values(clients).map((info) => info.user).sort();
  check('presence lists every client', same(users, [ada.person, ben.person, ben.person].sort()), clients);
  const stats = await subscription.presenceStats();
  check('presence counts clients and people', stats.numClients === 3 && stats.numUsers === 2, stats);
  second.disconnect();
  third.getSubscription(nest).unsubscribe();
  await until('both left', () => leaves.length === 2);
  const after = await subscription.presenceStats();
  check('who leaves is not counted', after.numClients === 1 && after.numUsers === 1, after);
  const stranger = client({ token: bot.secret });
  stranger.connect();
  await once(stranger, 'connected');
  const unheard = stranger.newSubscription(nest);
  const refused = await unheard.presence().then(() => null, (error) => error);
  check('presence is for those who listen', refused !== null, refused);
}

async function history() {
  const made = await connected(ada);
  await command(ada, 'add', { track_id: track });
  await happen(10);
  const subscription = await subscribed(made, nest);
  const top = (await snapshot(ada)).offset;
  const read = async (options) => (await subscription.history(options)).publications.map(({ offset }) => offset);
  const epoch = subscription.context.streamPosition.epoch;
  check('no limit is only the position', same(await read({}), []));
  check('history begins at the first event', same(await read({ limit: 3 }), [1, 2, 3]));
  check('history goes on after a position', same(await read({ limit: 3, since: { offset: 4, epoch } }), [5, 6, 7]));
  check('history can be had whole', same(await read({ limit: -1 }), range(1, top)));
  check('history goes backwards', same(await read({ limit: 3, reverse: true }), [top, top - 1, top - 2]));
  check('history goes backwards from a position', same(await read({ limit: 2, reverse: true, since: { offset: 5, epoch } }), [4, 3]));
  check('history ends at its first event', same(await read({ limit: 100, reverse: true, since: { offset: 3, epoch } }), [2, 1]));
  const wrong = await subscription.history({ limit: 1, since: { offset: 1, epoch: 'other' } }).then(() => 0, (error) => error.code);
  check('history of another stream is refused', wrong === 112, wrong);
}

async function rpc() {
  const made = await connected(ada);
  const before = Date.now() * 1000;
  const { data } = await made.rpc('clock', {});
  contract.answer('clock', data);
  check('the clock tells when', data.received_us >= before - 2e6 && data.received_us <= data.sent_us && data.sent_us < before + 20e6, data);
  const added = await made.rpc('nest.add', { nest: 'main', track_id: track });
  contract.answer('nest.add', added.data);
  check('a command by socket is the command by HTTP', added.data.offset === (await snapshot(ada)).offset && added.data.entry > 0, added);
  const code = (promise) => promise.then(() => 0, (error) => `${error.code} ${error.message}`);
  check('an unknown method is told so', (await code(made.rpc('nest.fly', {}))).startsWith('104'));
  check('a missing nest is told so', (await code(made.rpc('nest.pause', {}))).startsWith('107'));
  check('a nest that is not there is told so', (await code(made.rpc('nest.pause', { nest: 'ZZZZZ' }))).startsWith('102'));
  const refusal = await code(made.rpc('nest.seek', { nest: 'main', position_ms: -1 }));
  check('a refusal has its code', refusal.startsWith('1000 position_outside'), refusal);
  const unknown = await code(made.rpc('nest.pause', { nest: 'main', x: 1 }));
  check('an unknown field is refused', unknown.startsWith('1000 invalid_input'), unknown);
  const narrow = client({ token: bot.secret });
  narrow.connect();
  await once(narrow, 'connected');
  check('a narrow token does not reach', (await code(narrow.rpc('nest.pause', { nest: 'main' }))).startsWith('103'));
}

async function reactions() {
  const [one, two] = [await connected(ada), await connected(ben)];
  const heard = await subscribed(two, nest);
  const call = async (who, method, body) => {
    const { data } = await who.rpc(`nest.${method}`, { nest: 'main', ...body });
    contract.answer(`nest.${method}`, data);
    return data;
  };
  const code = (promise) => promise.then(() => 'accepted', (error) => `${error.code} ${error.message}`);
  const silent = await code(call(one, 'horn', { sound: 'caw' }));
  check('a horn needs music', silent.startsWith('1000 nothing_playing'), silent);
  const { entry } = await call(one, 'add', { track_id: track });
  const text = '<b>"one" || two</b> 👩‍👩‍👧 \u05e9\u05dc\u05d5\u05dd';
  await call(two, 'jam', { entry, on: true });
  await call(two, 'jam', { entry, on: true });
  const { offset: comment } = await call(one, 'comment', { entry, text });
  await call(two, 'horn', { sound: 'caw' });
  await call(one, 'volume', { percent: 20 });
  await call(one, 'jam', { entry, on: true });
  await call(two, 'jam', { entry, on: false });
  const last = await call(one, 'remove-comment', { entry, comment });
  await until('all came', () => heard.heard.at(-1)?.offset === last.offset);
  const events = heard.heard.map(({ data }) => data.event).slice(2);
  const types = events.map((event) => event.type);
  const expected = ['jammed', 'commented', 'horn_blown', 'volume_changed', 'jammed', 'jammed', 'comment_removed'];
  check('both hear what both do, in order', same(types, expected), types);
  check('a comment comes as it was typed', events[1].comment.text === text && events[1].comment.id === comment, events[1]);
  check('a horn says who blew it', events[2].horn.by === ben.person && events[2].horn.sound === 'caw', events[2]);
  const { state } = await snapshot(ben);
  check('the snapshot is the fold', same(state.playing.entry.jams.map(({ by }) => by), [ada.person]), state.playing.entry);
  check('and remembers the horn', same(state.horns, [events[2].horn]) && state.volume_percent === 20, state.horns);
  const unknown = await code(call(two, 'horn', { sound: '../../evil' }));
  check('an unknown sound is refused', unknown.startsWith('1000 unknown_sound'), unknown);
  const long = await code(call(two, 'comment', { entry, text: 'x'.repeat(10_000) }));
  check('a long comment is refused', long.startsWith('1000 invalid_input'), long);
  for (let at = 1; at < 20; at++) await call(two, 'horn', { sound: 'duck' });
  const enough = await code(call(two, 'horn', { sound: 'duck' }));
  check('enough is enough', enough.startsWith('1000 rate_limited'), enough);
  const narrow = client({ token: bot.secret });
  narrow.connect();
  await once(narrow, 'connected');
  check('who may only listen does not blow', (await code(narrow.rpc('nest.horn', { nest: 'main', sound: 'caw' }))).startsWith('103'));
}

async function written_contract() {
  check('the document is valid AsyncAPI', contract.faults().length === 0, contract.faults());
  const { channels, operations } = contract.document;
  for (const name of ['nest', 'server', 'clock', 'add', 'vote', 'jam', 'remove-comment', 'horn', 'hand-over']) check(`${name} is a channel`, channels[name]);
  check('every channel has an operation', same(Object.keys(channels).length, Object.keys(operations).length));
  contract.publication('nest:main', { at_ms: 1, by: null, event: { type: 'vote_cast' } });
  check('what is not as written is noticed', contract.broken.splice(0).length === 1);
}

async function expiry() {
  const short = await handOver('a token that ends soon');
  const closed = within(frames(null, JSON.stringify({ id: 1, connect: { token: short } })), 'closed', 20_000);
  let asked = 0;
  const made = client({
    token: short,
    getToken: async () => {
      asked += 1;
      return socketToken(ada);
    },
  });
  let lost = 0;
  made.on('disconnected', () => (lost += 1));
  made.on('connecting', () => (lost += 1));
  made.connect();
  await within(once(made, 'connected'), 'connected');
  lost = 0;
  const subscription = await subscribed(made, nest);
  await until('the token was refreshed', () => asked === 1, 15_000);
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  check('a live socket is refreshed and goes on', made.state === 'connected' && lost === 0, { state: made.state, lost });
  await command(ada, 'configure', { name: 'Refreshed' });
  await until('it still hears', () => subscription.heard.length === 1);
  check('a refreshed socket still hears', true);

  const { code, heard } = await closed;
  check('a token that is not refreshed closes its socket', code === 3005, { code, heard });
  check('its socket was told how long', heard[0].connect.expires && heard[0].connect.ttl > 0, heard);
  const late = await within(frames(null, JSON.stringify({ id: 1, connect: { token: short } }), (socket) => setTimeout(() => socket.close(), 500)), 'closed');
  check('an expired token is told so', late.heard[0].error.code === 109, late);
}

async function program_expiry() {
  const made = await http('POST', '/api/v1/tokens', { cookie: ada.cookie, body: { label: 'short', scopes: ['listen'], expires_in_s: 2 } });
  const program = client({ token: made.body.secret });
  program.connect();
  await within(once(program, 'connected'), 'connected');
  const told = once(program, 'disconnected');
  const connecting = [];
  program.on('connecting', ({ code }) => connecting.push(code));
  const { code } = await within(told, 'a token that has ended ends its socket', 15_000);
  check('a token that has ended ends its socket', code === 101 && same(connecting, [3005]), { code, connecting });
}

async function revocation() {
  for (const [what, options, revoke] of [
    ['a device that is signed out', { getToken: () => socketToken(ben) }, () => http('DELETE', '/api/v1/session', ben)],
    ['a token that is revoked', { token: bot.secret }, () => http('DELETE', `/api/v1/tokens/${bot.id}`, ada)],
  ]) {
    const made = client(options);
    made.connect();
    await within(once(made, 'connected'), 'connected');
    await subscribed(made, nest);
    const told = once(made, 'disconnected');
    await revoke();
    const { code } = await within(told, 'disconnected');
    check(`${what} closes its sockets for good`, code === 3503, code);
  }
}

async function nonsense() {
  const close = async (name, expected, ...messages) => {
    const { code } = await within(frames(ada, ...messages), name, 20_000);
    check(name, code === expected, code);
  };
  const connect = JSON.stringify({ id: 1, connect: {} });
  await close('what is no JSON closes with 3501', 3501, 'hello');
  await close('a command before connecting closes with 3501', 3501, JSON.stringify({ id: 1, subscribe: { channel: nest } }));
  await close('connecting twice closes with 3501', 3501, connect, JSON.stringify({ id: 2, connect: {} }));
  await close('a binary message closes with 3501', 3501, Buffer.from([1, 2, 3]));
  await close('a message that is too large closes with 1009', 1009, 'x'.repeat(70_000));
  const raw = (...bytes) => (socket) => socket._socket.write(Buffer.from(bytes));
  await close('a frame without a mask closes with 1002', 1002, raw(0x81, 0x01, 0x61));
  await close('a reserved bit closes with 1002', 1002, raw(0xc1, 0x80, 0, 0, 0, 0));
  await close('an unknown opcode closes with 1002', 1002, raw(0x83, 0x80, 0, 0, 0, 0));
  await close('text that is not UTF-8 closes with 1007', 1007, raw(0x81, 0x81, 0, 0, 0, 0, 0xff));
  await close('a continuation of nothing closes with 1002', 1002, raw(0x80, 0x80, 0, 0, 0, 0));
  await close('a socket that never connects is closed', 3012);
  const { heard } = await frames(ada, connect, JSON.stringify({ id: 2, publish: { channel: nest, data: {} } }), (socket) => setTimeout(() => socket.close(), 500));
  check('publishing is not offered', heard.some((reply) => reply.id === 2 && reply.error?.code === 108), heard);
}

async function limits() {
  const made = await connected(ada);
  const code = (promise) => promise.then(() => 0, (error) => error.code);
  const codes = await Promise.all(range(1, 100).map(() => code(made.rpc('clock', {}))));
  const refused = codes.filter((it) => it === 111).length;
  check('too many commands are refused, and the socket lives', refused >= 30 && refused <= 45, refused);
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  check('a second later they are taken again', (await code(made.rpc('clock', {}))) === 0);
  for (const channel of ['nest:ZZZZZ', 'nothing', 'nest:']) {
    const subscription = made.newSubscription(channel);
    const ended = once(subscription, 'unsubscribed');
    subscription.subscribe();
    check(`${channel} is no channel`, (await within(ended, channel)).code === 102);
  }
}

async function slow() {
  const made = await connected(ada);
  const subscription = await subscribed(made, nest);
  const connecting = [];
  made.on('connecting', (context) => connecting.push(context));
  const resubscribed = [];
  subscription.on('subscribed', (context) => resubscribed.push(context));
  const socket = made._transport._transport._socket;
  socket.pause();
  await handOver('a storm that this client does not read');
  socket.resume();
  await until('it came back', () => resubscribed.length > 0, 20_000);
  check('it was told to come back', connecting.length >= 1 && connecting.every(({ code }) => code < 3500), connecting);
  const [context] = resubscribed;
  check('it asked for what it missed', context.wasRecovering, context);
  const { offset } = await snapshot(ada);
  if (context.recovered) await until('all came', () => subscription.heard.at(-1)?.offset >= offset);
  else check('or was told to load again, from where the snapshot is', context.streamPosition.offset === offset, context);
  const heard = offsets(subscription);
  const hole = heard.find((it, at) => at > 0 && it !== heard[at - 1] + 1);
  check('nothing was lost without being told', hole === undefined || !context.recovered, { hole, context });
  const before = heard.length;
  await command(ada, 'pause');
  await until('it hears again', () => subscription.heard.length > before);
  check('it hears again', subscription.heard.at(-1).offset === (await snapshot(ada)).offset);
}

async function turned_away() {
  const made = await connected(people.gus);
  const subscription = await subscribed(made, nest);
  const host = await subscribed(await connected(ada), nest);
  const told = once(subscription, 'unsubscribed');
  await command(ada, 'configure', { guests_allowed: false });
  const { code } = await within(told, 'unsubscribed');
  check('a guest is taken off the channel', code === 103 || (code >= 2000 && code < 2500), code);
  const count = subscription.heard.length;
  await command(ada, 'add', { track_id: track });
  await until('the host hears', () => host.heard.length >= 3);
  await made.rpc('clock', {});
  check('and hears nothing more', subscription.heard.length === count, subscription.heard);
  check('its socket lives', made.state === 'connected', made.state);
  await command(ada, 'configure', { guests_allowed: true });
  const again = once(subscription, 'subscribed');
  subscription.subscribe();
  await within(again, 'subscribed again');
  check('and may come back when it is allowed', true);
}

async function server_channel() {
  const made = await connected(ada);
  const subscription = await subscribed(made, 'server');
  const heard = () => subscription.heard.map(({ data }) => data.type);
  const opened = (await http('POST', '/api/v1/nests', { cookie: ada.cookie, body: { name: 'Party' } })).body;
  await until('a nest was opened', () => heard().includes('nest_changed'));
  const about = subscription.heard.find(({ data }) => data.type === 'nest_changed').data;
  check('a new nest is announced', about.nest.code === opened.state.code && about.nest.name === 'Party', about);
  await http('DELETE', `/api/v1/nests/${opened.state.code}`, { cookie: ada.cookie });
  await until('it was closed', () => heard().includes('nest_closed'));
  await http('DELETE', `/api/v1/tracks/${track}`, { cookie: ada.cookie });
  await until('the track was deleted', () => heard().includes('track_deleted'));
  check('a deleted track is announced', subscription.heard.at(-1).data.id === track, subscription.heard.at(-1));
  check('the channel has no positions', subscription.heard.every(({ offset }) => !offset));

  const party = await http('POST', '/api/v1/nests', { cookie: ada.cookie, body: { name: 'Short' } });
  const channel = `nest:${party.body.state.code}`;
  const inside = await subscribed(made, channel);
  const ended = once(inside, 'unsubscribed');
  await http('DELETE', `/api/v1/nests/${party.body.state.code}`, { cookie: ada.cookie });
  await until('those inside hear that it closed', () => inside.heard.at(-1)?.data.event.type === 'closed');
  check('those inside hear that it closed', true);
  inside.unsubscribe();
  await ended;
  inside.subscribe();
  check('a closed nest is no channel', (await within(once(inside, 'unsubscribed'), 'refused')).code === 102);

  const guest = await connected(people.gus);
  const refused = guest.newSubscription('server');
  const told = once(refused, 'unsubscribed');
  refused.subscribe();
  check('the lists are not for guests', (await within(told, 'refused')).code === 103);
}

async function crowding() {
  const socket = async () => {
    const closed = frames(ada, JSON.stringify({ id: 1, connect: {} }), (made) => sockets.push(made));
    await until('connected', () => sockets.at(-1) !== undefined);
    return closed;
  };
  const sockets = [];
  const ends = [];
  for (let at = 0; at < 200; at++) ends.push(socket());
  await until('all are open', () => sockets.length === 200 && sockets.every((it) => it.readyState === 1));
  // The answers to their connect commands have come: one more is one too many.
  await until('all are counted', async () => {
    const { code } = await Promise.race([frames(ada, JSON.stringify({ id: 1, connect: {} }), (made) => setTimeout(() => made.close(), 300)), new Promise((resolve) => setTimeout(() => resolve({}), 2_000))]);
    return code === 3504;
  });
  check('the two hundred and first socket of a person is closed for good', true);
  const other = await connected(ben);
  check('another person is not concerned', other.state === 'connected');
  sockets.pop().close();
  await until('there is room again', async () => {
    const { code } = await frames(ada, JSON.stringify({ id: 1, connect: {} }), (made) => setTimeout(() => made.close(), 300));
    return code !== 3504;
  });
  check('and there is room again when one leaves', true);
}

/** A sender's signed request, by the unmodified npm package `standardwebhooks`. */
async function sent(secret, id, body) {
  const text = JSON.stringify(body);
  const at = new Date();
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, at, text),
  };
  const reply = await fetch(`${origin}/api/v1/channels/orders/webhooks`, { method: 'POST', headers, body: text });
  return { status: reply.status, body: await reply.json() };
}

async function channels() {
  const [secret, previous] = people.secrets;
  const channel = 'app:orders';
  const made = await connected(ada);
  const early = made.newSubscription(channel);
  const told = once(early, 'unsubscribed');
  early.subscribe();
  check('a channel begins with its first webhook', (await within(told, 'refused')).code === 102);
  made.removeSubscription(early);

  const first = await sent(secret, 'm1', { total: 1 });
  check('a webhook of the public library is taken', first.status === 201 && first.body.offset === 1, first);
  const subscription = await subscribed(made, channel);
  check('the stream is recoverable', subscription.context.recoverable && subscription.context.positioned);
  await sent(previous, 'm2', { total: 2 });
  await until('it is heard', () => subscription.heard.length === 1);
  const [heard] = subscription.heard;
  check('and heard with its position', heard.offset === 2 && heard.data.id === 'm2' && heard.data.body.total === 2, heard);
  const again = await sent(secret, 'm2', { total: 2 });
  check('one that is sent again publishes nothing', again.status === 200 && again.body.repeated, again);
  const strange = await sent(people.strange, 'm3', {});
  check('another secret is refused', strange.status === 401 && strange.body.code === 'webhook_signature_wrong', strange);

  made.disconnect();
  for (let at = 3; at <= 12; at++) await sent(secret, `m${at}`, { total: at });
  const back = once(subscription, 'subscribed');
  made.connect();
  const context = await within(back, 'subscribed again');
  await until('all came', () => subscription.heard.at(-1)?.offset === 12);
  check('a client that was away recovers', context.wasRecovering && context.recovered, context);
  check('and gets exactly what it missed', same(offsets(subscription), range(2, 12)), offsets(subscription));

  const whole = await subscription.history({ limit: -1 });
  check('history has all', same(whole.publications.map((one) => one.data.id), range(1, 12).map((at) => `m${at}`)), whole);
  const { epoch } = whole;
  const later = await subscription.history({ limit: 2, since: { epoch, offset: 4 } });
  check('history goes on from a position', same(later.publications.map((one) => one.offset), [5, 6]), later);
  const before = await subscription.history({ limit: 2, since: { epoch, offset: 4 }, reverse: true });
  check('and back', same(before.publications.map((one) => one.offset), [3, 2]), before);

  const late = await subscribed(await connected(ada), channel, { since: { epoch: 'another', offset: 3 } });
  check('a position of another stream is told so', late.context.wasRecovering && !late.context.recovered, late.context);
  const present = await subscription.presence().then(() => 'told', (error) => error.code);
  check('who listens is not told', present === 108, present);

  const guest = await connected(people.gus);
  const refused = guest.newSubscription(channel);
  const out = once(refused, 'unsubscribed');
  refused.subscribe();
  check('channels are not for guests', (await within(out, 'refused')).code === 103);
}

await run({
  connecting, publications, recovery, restart, unrecoverable, presence, history, rpc, reactions, written_contract, expiry, revocation, nonsense,
  limits, slow, turned_away, server_channel,
  crowding, program_expiry, shutdown, channels,
});
