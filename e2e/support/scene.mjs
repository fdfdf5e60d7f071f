/**
 * A server, a browser and the people of a test file; taken down together.
 */
import { afterEach, beforeEach } from 'node:test';
import { launch, Visitor } from './browser.mjs';
import { furnished } from './furnished.mjs';
import { Server } from './server.mjs';

/** Waits until `test` gives something, and gives that; fails with `what` after `timeoutMs`. */
export async function eventually(what, test, timeoutMs = 20_000) {
  const deadline = Date.now() + timeoutMs;
  let last;
  for (;;) {
    try {
      const found = await test();
      if (found) return found;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline)
      throw new Error(`${what}: not within ${timeoutMs} ms${last ? ` (${last.message})` : ''}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/**
 * Whoever comes during a test leaves at its end; who was there before the first stays. A page that nobody looks at any
 * more costs as much as one that somebody does, and its faults belong to the test that made them.
 */
export function visitorsLeaveAfterEach(sceneOf) {
  let staying;
  beforeEach(() => (staying ??= sceneOf().visitors));
  afterEach(() => sceneOf().leave(staying));
}

/** What a test file plays in. */
export class Scene {
  server;
  browser;
  administrator;
  #visitors = [];

  /** A server with demo pieces (unless `demo` is false) and its administrator, who is in the main nest. */
  static async open({ demo = true, settings } = {}) {
    const scene = new Scene();
    try {
      const { data, cookie } = demo ? await furnished() : {};
      scene.server = await Server.start({ copyOf: data, settings });
      scene.browser = await launch();
      scene.administrator = await scene.visitor();
      if (demo) await scene.administrator.comeBack(scene.server, cookie);
      else await scene.administrator.moveIn(scene.server);
      return scene;
    } catch (error) {
      await scene.close().catch(() => {});
      throw error;
    }
  }

  /** Somebody unknown. */
  async visitor(options) {
    const visitor = await Visitor.enter(this.browser, options);
    this.#visitors.push(visitor);
    return visitor;
  }

  /** Somebody who was invited and has joined. */
  async member(name, options) {
    const visitor = await this.visitor(options);
    await visitor.join(await this.invitation(), name);
    return visitor;
  }

  /** A fresh invitation link for one member. */
  async invitation() {
    const { status, body } = await this.administrator.api('/invitations', {
      method: 'POST',
      body: JSON.stringify({ role: 'member', uses_max: 1, expires_in_s: 3_600 })
    });
    if (status !== 201) throw new Error(`no invitation: ${status} ${JSON.stringify(body)}`);
    return `${this.server.url}/join${new URL(body.url, this.server.url).hash}`;
  }

  /** At least `count` tracks that can be played. */
  async tracks(count) {
    return eventually(
      `${count} playable tracks`,
      async () => {
        const { body } = await this.administrator.api('/tracks?limit=100');
        const ready = body.tracks.filter((track) => track.playable.state === 'ready');
        return ready.length >= count ? ready : null;
      },
      60_000
    );
  }

  /** The state of a nest, by the API. */
  async nest(code = 'main') {
    const { body } = await this.administrator.api(`/nests/${code}`);
    return body.state;
  }

  /** Does something in a nest as the administrator, by the API. */
  async act(command, body = {}, code = 'main') {
    const answer = await this.administrator.api(`/nests/${code}/${command}`, {
      method: 'POST',
      body: JSON.stringify(body)
    });
    if (answer.status >= 300) throw new Error(`${command}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** Nothing but `trackIds` plays and waits in the main nest, in that order. */
  async play(...trackIds) {
    await this.act('configure', { autofill: false });
    await this.act('clear');
    const before = await this.nest();
    for (const track_id of trackIds) await this.act('add', { track_id });
    if (before.playing) await this.act('skip', { entry: before.playing.entry.id });
    return eventually('the wanted track plays', async () => {
      const { playing } = await this.nest();
      return playing?.entry.track.id === trackIds[0] && playing;
    });
  }

  /** Puts a file into the library by the API and waits until it can be played. */
  async upload(name, bytes) {
    const answer = await fetch(`${this.server.url}/api/v1/uploads?name=${encodeURIComponent(name)}`, {
      method: 'POST',
      body: bytes,
      headers: {
        origin: this.server.url,
        cookie: (await this.administrator.context.cookies())
          .map(({ name, value }) => `${name}=${value}`)
          .join('; ')
      }
    });
    const outcome = await answer.json();
    if (!answer.ok) throw new Error(`upload of ${name}: ${answer.status} ${JSON.stringify(outcome)}`);
    return eventually(
      `${name} can be played`,
      async () => {
        const { body } = await this.administrator.api(`/tracks/${outcome.track.id}`);
        if (body.playable.state === 'failed') throw new Error(body.playable.reason);
        return body.playable.state === 'ready' && body;
      },
      60_000
    );
  }

  /** How many people are here. */
  get visitors() {
    return this.#visitors.length;
  }

  /** All but the first `staying` people leave; fails if a page of theirs had faults. */
  async leave(staying = 0) {
    const left = await Promise.allSettled(this.#visitors.splice(staying).map((visitor) => visitor.leave()));
    const fault = left.find(({ status }) => status === 'rejected');
    if (fault) throw fault.reason;
  }

  /** Takes everything down; fails if a page had faults. */
  async close() {
    try {
      await this.leave();
    } finally {
      await this.browser?.close();
      await this.server?.remove();
    }
  }
}
