/**
 * A real OpenID provider on this machine, with a page that asks who signs in: the same that the Rust tests meet.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../../crates/fakes/peers/', import.meta.url));
const SECRET = 'secret of rookery: with + and %';

/** A running provider. */
export class Issuer {
  #process;
  origin;

  /** Starts one that sends people back to any of `redirectUris`. */
  static async start(redirectUris) {
    if (!existsSync(`${FOLDER}node_modules/.package-lock.json`)) {
      const installed = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
        cwd: FOLDER,
        encoding: 'utf8'
      });
      if (installed.status !== 0) throw new Error(`npm ci: ${installed.stderr}`);
    }
    const issuer = new Issuer();
    issuer.#process = spawn(process.execPath, ['issuer.mjs', 'rs256', 'in-token', 'basic'], {
      cwd: FOLDER,
      env: { PATH: process.env.PATH, ASK: '1', REDIRECT_URIS: redirectUris.join(' ') },
      stdio: ['pipe', 'pipe', 'ignore']
    });
    const [origin] = await once(createInterface({ input: issuer.#process.stdout }), 'line');
    issuer.origin = origin;
    return issuer;
  }

  /** What a server has to be told to use it. */
  settings(name) {
    return {
      ROOKERY_OIDC_ISSUER: this.origin,
      ROOKERY_OIDC_CLIENT_ID: 'rookery',
      ROOKERY_OIDC_CLIENT_SECRET: SECRET,
      ROOKERY_OIDC_NAME: name
    };
  }

  end() {
    this.#process?.kill();
  }
}
