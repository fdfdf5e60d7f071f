/**
 * The server under test: the real binary, with a data folder of its own, on a free port of the loopback interface.
 *
 * `ROOKERY_BIN` names the binary; without it the debug build of this repository is taken.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const BINARY =
  process.env.ROOKERY_BIN ?? fileURLToPath(new URL('../../target/debug/rookery', import.meta.url));
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 10_000;
const OUTPUT_CHARS_MAX = 200_000;

/** A port nobody uses, below those the system hands out by itself. */
async function freePort() {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const probe = createServer();
    probe.listen(port, '127.0.0.1');
    const free = await Promise.race([
      once(probe, 'listening').then(() => true),
      once(probe, 'error').then(() => false)
    ]);
    if (free) {
      probe.close();
      await once(probe, 'close');
      return port;
    }
  }
}

async function until(what, timeoutMs, test) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await test();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`${what} did not happen within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A running server. */
export class Server {
  #process = null;
  #data;
  #port;
  #demo;
  #settings = {};
  output = '';

  constructor(data, port, demo) {
    this.#data = data;
    this.#port = port;
    this.#demo = demo;
  }

  /**
   * Starts one; with `demo` it makes the demo pieces, with `copyOf` it goes on from a copy of that data folder.
   * `settings` is asked for more of its environment once its address is known.
   */
  static async start({ demo = false, copyOf, settings } = {}) {
    const data = await mkdtemp(join(tmpdir(), 'rookery-e2e-'));
    if (copyOf) await cp(copyOf, data, { recursive: true });
    const server = new Server(data, await freePort(), demo);
    if (settings) server.#settings = await settings(server.url);
    await server.run();
    return server;
  }

  get data() {
    return this.#data;
  }

  get url() {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Where the first visitor becomes the administrator. */
  get firstRunUrl() {
    const link = /https?:\/\/\S*\/welcome#\S+/.exec(this.output)?.[0];
    if (!link) throw new Error(`the server printed no first-run link:\n${this.output}`);
    return `${this.url}/welcome${new URL(link).hash}`;
  }

  /** Starts the process on its data folder and waits until it can serve. */
  async run() {
    const options = ['--data', this.#data, '--listen', `127.0.0.1:${this.#port}`];
    if (this.#demo) options.push('--demo');
    const child = spawn(BINARY, ['serve', ...options], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        HOME: this.#data,
        ROOKERY_LOG: process.env.ROOKERY_LOG ?? 'info',
        ...this.#settings
      }
    });
    const failed = once(child, 'error').then(([error]) => {
      throw new Error(`${BINARY} cannot be started: ${error.message}`);
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text) => {
        this.output = (this.output + text).slice(-OUTPUT_CHARS_MAX);
      });
    }
    this.#process = child;
    const ready = until('the start of the server', START_TIMEOUT_MS, async () => {
      if (child.exitCode !== null) throw new Error(`the server ended by itself:\n${this.output}`);
      return fetch(`${this.url}/ready`).then(
        (answer) => answer.ok,
        () => false
      );
    });
    await Promise.race([ready, failed]);
  }

  /** Takes play logs of EchoNest into the history of the main nest. */
  async importPlayLogs(folder) {
    const args = ['import', 'play-logs', folder, '--data', this.#data, '--timezone', 'UTC'];
    const child = spawn(BINARY, args, {
      stdio: 'ignore',
      env: { PATH: process.env.PATH, HOME: this.#data, ...this.#settings }
    });
    const [code] = await once(child, 'exit');
    if (code !== 0) throw new Error(`the play logs were not taken: ${code}`);
  }

  /** Ends the process as an operator would. */
  async end(signal = 'SIGTERM') {
    const child = this.#process;
    this.#process = null;
    if (!child || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(timer);
  }

  /** Ends the process and forgets its data. */
  async remove() {
    await this.end();
    await rm(this.#data, { recursive: true, force: true });
  }
}
