/**
 * Firefox as Debian ships it, driven by the protocol it speaks itself (WebDriver BiDi): no driver beside it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import WebSocket from 'ws';
import { eventually } from './scene.mjs';

const BINARY = process.env.FIREFOX ?? '/usr/bin/firefox-esr';
const ANSWER_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 5_000;
/** Music without a tap would need no Listen button; nothing is fetched that a test did not ask for. */
const PREFERENCES = {
  'remote.active-protocols': 1,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'app.update.enabled': false,
  'browser.startup.page': 0,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,',
  'intl.accept_languages': 'en-GB'
};

/** A browser with one page. */
export class Firefox {
  #process;
  #profile;
  #socket;
  #context;
  #lastId = 0;
  #waiting = new Map();
  /** What the page complained of. */
  faults = [];

  static async launch() {
    const firefox = new Firefox();
    try {
      await firefox.#start();
      return firefox;
    } catch (error) {
      await firefox.close();
      throw error;
    }
  }

  async #start() {
    this.#profile = await mkdtemp(join(tmpdir(), 'rookery-firefox-'));
    const lines = Object.entries(PREFERENCES).map(
      ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`
    );
    await writeFile(join(this.#profile, 'user.js'), lines.join('\n'));
    let said = '';
    this.#process = spawn(
      BINARY,
      ['--headless', '--no-remote', '--profile', this.#profile, '--remote-debugging-port', '0', 'about:blank'],
      { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, HOME: this.#profile } }
    );
    const failed = once(this.#process, 'error').then(([error]) => {
      throw new Error(`${BINARY} cannot be started (Debian: firefox-esr): ${error.message}`);
    });
    this.#process.stderr.setEncoding('utf8').on('data', (text) => (said += text));
    const address = await Promise.race([
      failed,
      eventually('Firefox listens', () => /WebDriver BiDi listening on (ws:\S+)/.exec(said)?.[1], 30_000)
    ]);
    this.#socket = new WebSocket(`${address}/session`);
    await once(this.#socket, 'open');
    this.#socket.on('message', (text) => this.#hear(JSON.parse(text)));
    await this.#ask('session.new', { capabilities: {} });
    await this.#ask('session.subscribe', { events: ['log.entryAdded'] });
    const { contexts } = await this.#ask('browsingContext.getTree', {});
    this.#context = contexts[0].context;
  }

  #hear(message) {
    if (message.type === 'event') {
      const { level, text } = message.params;
      if (message.method === 'log.entryAdded' && level === 'error') this.faults.push(text);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.type === 'success') waiting?.resolve(message.result);
    else waiting?.reject(new Error(`${message.error}: ${message.message}`));
  }

  #ask(method, params) {
    const id = (this.#lastId += 1);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer to ${method}`)), ANSWER_TIMEOUT_MS);
      this.#waiting.set(id, {
        resolve: (result) => (clearTimeout(timer), resolve(result)),
        reject: (error) => (clearTimeout(timer), reject(error))
      });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  /** Opens an address. */
  async open(url) {
    await this.#ask('browsingContext.navigate', { context: this.#context, url, wait: 'complete' });
  }

  /** What an expression, or the promise it gives, is in the page; as JSON knows it. */
  async evaluate(expression) {
    const answer = await this.#ask('script.evaluate', {
      expression: `(async () => JSON.stringify(await (${expression})) ?? 'null')()`,
      target: { context: this.#context },
      awaitPromise: true,
      userActivation: false
    });
    if (answer.type === 'exception') throw new Error(answer.exceptionDetails.text);
    return JSON.parse(answer.result.value);
  }

  /** Waits until an expression is true in the page. */
  until(what, expression, timeoutMs) {
    return eventually(what, () => this.evaluate(expression), timeoutMs);
  }

  /** Presses what the accessibility tree calls `name`, with the mouse, where it is. */
  async press(role, name) {
    const found = await eventually(`${role} “${name}”`, async () => {
      const { nodes } = await this.#ask('browsingContext.locateNodes', {
        context: this.#context,
        locator: { type: 'accessibility', value: { role, name } }
      });
      return nodes[0];
    });
    await this.#ask('script.callFunction', {
      functionDeclaration: '(node) => node.scrollIntoView({ block: "center" })',
      arguments: [{ sharedId: found.sharedId }],
      target: { context: this.#context },
      awaitPromise: false
    });
    const origin = { type: 'element', element: { sharedId: found.sharedId } };
    await this.#ask('input.performActions', {
      context: this.#context,
      actions: [
        {
          type: 'pointer',
          id: 'mouse',
          actions: [
            { type: 'pointerMove', x: 0, y: 0, origin },
            { type: 'pointerDown', button: 0 },
            { type: 'pointerUp', button: 0 }
          ]
        }
      ]
    });
  }

  /** Types on the keyboard. */
  async type(text) {
    await this.#ask('input.performActions', {
      context: this.#context,
      actions: [
        {
          type: 'key',
          id: 'keys',
          actions: [...text].flatMap((value) => [
            { type: 'keyDown', value },
            { type: 'keyUp', value }
          ])
        }
      ]
    });
  }

  /** Ends the browser and forgets its profile. */
  async close() {
    this.#socket?.close();
    const child = this.#process;
    if (child && child.pid !== undefined && child.exitCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await ended;
      clearTimeout(timer);
    }
    if (this.#profile) await rm(this.#profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}
