/**
 * A real PDS with its real pages for signing in, on this machine: the same that the Rust tests meet.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../../crates/fakes/peers/atproto/', import.meta.url));

/** A running PDS with the accounts `alice.test` and `bob.test`. */
export class Pds {
  #process;
  origin;
  directory;

  static async start() {
    if (!existsSync(`${FOLDER}node_modules/.package-lock.json`)) {
      const installed = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
        cwd: FOLDER,
        encoding: 'utf8'
      });
      if (installed.status !== 0) throw new Error(`npm ci: ${installed.stderr}`);
    }
    const pds = new Pds();
    pds.#process = spawn(`${FOLDER}node_modules/node-linux-${process.arch}/bin/node`, ['pds.mjs'], {
      cwd: FOLDER,
      env: { PATH: process.env.PATH, LOG_ENABLED: 'false' },
      stdio: ['pipe', 'pipe', 'ignore']
    });
    const [about] = await once(createInterface({ input: pds.#process.stdout }), 'line');
    ({ pds: pds.origin, plc: pds.directory } = JSON.parse(about));
    return pds;
  }

  /** What a server has to be told to look people up there. */
  settings() {
    return {
      ROOKERY_ACCESS_ATPROTO_DIRECTORY: this.directory,
      ROOKERY_ACCESS_ATPROTO_RESOLVER: this.origin,
      ROOKERY_OUTSIDE_ALSO: '127.0.0.1'
    };
  }

  /** It cleans up and goes when nobody speaks to it any more. */
  end() {
    this.#process?.stdin.end();
  }
}
