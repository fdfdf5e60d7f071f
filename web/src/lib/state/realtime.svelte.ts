import { Centrifuge, type Subscription } from 'centrifuge';
import type { ClockSample, ListenerInfo, NestPublication, ServerPublication } from '$lib/api/types';

export interface Listener {
  id: string;
  name: string;
}

/** What a nest's channel tells. */
export interface NestHandlers {
  publication(offset: number, publication: NestPublication): void;
  /** Subscribed again; `whole` is false when publications were lost on the way. */
  subscribed(whole: boolean): void;
  /** The server ended the subscription: the nest is closed, or not for us any more. */
  dropped(): void;
  listeners(everybody: Listener[]): void;
  joined(listener: Listener): void;
}

/** Codes from here on mean that trying again is of no use (Centrifugo client protocol). */
const REFUSED_CODE_MIN = 3500;

type ServerHandler = { publication(publication: ServerPublication): void; resubscribed(): void };
type Info = { user: string; connInfo?: unknown };

const listener = (info: Info): Listener => ({
  id: info.user,
  name: (info.connInfo as ListenerInfo | undefined)?.name ?? ''
});

/** The socket: one connection, the channel of the server, at most one nest's channel, the clock. */
export class Realtime {
  state: 'connecting' | 'connected' | 'disconnected' = $state('disconnected');
  readonly #client: Centrifuge;
  readonly #serverHandlers = new Set<ServerHandler>();

  /** `refused` is told when the server closes the door for good: the session has ended. */
  constructor(url: string, refused: () => void) {
    this.#client = new Centrifuge(url, {
      name: 'rookery-web',
      minReconnectDelay: 300,
      maxReconnectDelay: 8000
    });
    this.#client.on('state', ({ newState }) => (this.state = newState));
    this.#client.on('disconnected', ({ code }) => {
      if (code >= REFUSED_CODE_MIN) refused();
    });
    const server = this.#client.newSubscription('server');
    server.on('publication', ({ data }) => {
      for (const handler of this.#serverHandlers) handler.publication(data as ServerPublication);
    });
    server.on('subscribed', () => {
      for (const handler of this.#serverHandlers) handler.resubscribed();
    });
    server.subscribe();
  }

  /** Connects as whoever the cookie says now; a connection of somebody else is closed first. */
  connect(): void {
    this.#client.disconnect();
    this.#client.connect();
  }

  disconnect(): void {
    this.#client.disconnect();
  }

  /** Asks the server's clock; rejects while there is no connection. */
  async askClock(): Promise<ClockSample> {
    await this.#client.ready(4000);
    return (await this.#client.rpc('clock', {})).data as ClockSample;
  }

  /** Hears what changes about the server until the answer is called. */
  onServer(handler: ServerHandler): () => void {
    this.#serverHandlers.add(handler);
    return () => this.#serverHandlers.delete(handler);
  }

  /** Hears a nest from a position on, until the answer is called. */
  nest(code: string, since: { epoch: string; offset: number }, handlers: NestHandlers): () => void {
    const subscription = this.#client.newSubscription(`nest:${code}`, { since, joinLeave: true });
    const present = new Map<string, Listener>();
    const tell = (): void => {
      const people = new Map([...present.values()].map((person) => [person.id, person]));
      handlers.listeners([...people.values()]);
    };
    subscription.on('publication', ({ data, offset }) =>
      handlers.publication(offset ?? 0, data as NestPublication)
    );
    subscription.on('subscribed', ({ wasRecovering, recovered }) => {
      handlers.subscribed(!wasRecovering || recovered);
      void this.#presence(subscription, present).then(tell);
    });
    subscription.on('unsubscribed', () => handlers.dropped());
    subscription.on('join', ({ info }) => {
      const person = listener(info);
      const known = [...present.values()].some((other) => other.id === person.id);
      present.set(info.client, person);
      if (!known) handlers.joined(person);
      tell();
    });
    subscription.on('leave', ({ info }) => {
      present.delete(info.client);
      tell();
    });
    subscription.subscribe();
    return () => {
      subscription.removeAllListeners();
      subscription.unsubscribe();
      this.#client.removeSubscription(subscription);
    };
  }

  async #presence(subscription: Subscription, present: Map<string, Listener>): Promise<void> {
    const { clients } = await subscription.presence().catch(() => ({ clients: null }));
    if (clients === null) return;
    present.clear();
    for (const [id, info] of Object.entries(clients)) present.set(id, listener(info));
  }
}
