import { NestActions } from '$lib/state/nest-actions';
import { AREAS } from '$lib/i18n/catalogue';
import { App } from '$lib/state/app.svelte';
import { I18n } from '$lib/state/i18n.svelte';
import { NestStore } from '$lib/state/nest-store.svelte';
import type { NestState, Person } from '$lib/api/types';
import type { Listener } from '$lib/state/realtime.svelte';
import { ADA } from './fixtures';
import type { Answers } from './story';

let answers: Answers = {};

/** Says what the server will answer from here on. Whatever a story asks and does not answer is its fault. */
export function answering(next: Answers): void {
  answers = next;
}

window.fetch = async (input, init) => {
  const request = new Request(input, init);
  const asked = `${request.method} ${new URL(request.url).pathname}`;
  if (!(asked in answers)) {
    console.error(`the story does not answer ${asked}`);
    return new Response('{}', { status: 500 });
  }
  const found = answers[asked];
  const answer: unknown = typeof found === 'function' ? await (found as () => unknown)() : found;
  return answer instanceof Response ? answer : Response.json(answer);
};

/** The app as Ada sees it: signed in, connected, with some music and no nest open. */
export async function freshApp(): Promise<App> {
  const i18n = new I18n();
  await i18n.need(...AREAS);
  const app = new App('ws://127.0.0.1:1/never', i18n);
  app.session.server = {
    has_demo: false,
    name: 'The Old Oak',
    needs_setup: false,
    protocol: 1,
    sign_in: [],
    track_count: 312,
    upload_bytes_max: 2_000_000_000,
    version: '0.1.0'
  };
  become(app, ADA);
  app.realtime.state = 'connected';
  return app;
}

/** Signs somebody in, or everybody out. */
export function become(app: App, person: Person | null): void {
  app.session.status = person === null ? { kind: 'signed-out' } : { kind: 'signed-in', person };
}

/** What a component needs to do something in a nest; nobody presses anything that would need an answer. */
export const actionsOf = (app: App): NestActions => new NestActions('main', app.api, app.notices, app.i18n);

/** Opens a nest in this state, with these people. */
export function openNest(app: App, state: NestState, listeners: Listener[] = [ADA]): void {
  const store = new NestStore(state.code, app.api, app.realtime, {
    published: () => undefined,
    joined: () => undefined
  });
  store.status = { kind: 'ready', state };
  store.listeners = listeners;
  app.nest = { store, actions: actionsOf(app) };
}
