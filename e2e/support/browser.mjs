/**
 * Browsers and visitors. A visitor is one browser profile with one page; whatever goes wrong in it fails the test.
 */
import { chromium } from "playwright-core";
import { probe } from "./probe.mjs";

const TIMEOUT_MS = Number(process.env.E2E_TIMEOUT_MS ?? 20_000);
/** What Chromium says of a file that was asked for early, and then asked for in another way. */
const FETCHED_TWICE = /is found, but is not used/;

/** Starts a browser. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox"],
  });
}

/** What a browser says when a test cuts its network; no fault of the page. */
const NETWORK_NOISE =
  /ERR_INTERNET_DISCONNECTED|error occurred when fetching the script|ERR_CONNECTION|ERR_NETWORK|Failed to fetch|WebSocket/;

/** Somebody with a browser. */
export class Visitor {
  context;
  page;
  faults = [];
  /** Set while the test cuts the network: complaints about that are expected. */
  networkCut = false;
  /** Statuses of answers that the test provokes on purpose. */
  expectedStatuses = new Set();
  /** Other complaints that the test provokes on purpose. */
  expectedFaults = [];

  /** A new profile in `browser`; `options` as for Playwright's contexts. */
  static async enter(browser, options = {}) {
    const visitor = new Visitor();
    visitor.context = await browser.newContext({
      locale: "en-GB",
      viewport: { width: 1280, height: 850 },
      reducedMotion: "reduce",
      ...options,
    });
    visitor.context.setDefaultTimeout(TIMEOUT_MS);
    await visitor.context.addInitScript(probe);
    visitor.page = await visitor.context.newPage();
    visitor.page.on("pageerror", (error) =>
      visitor.#fault(`uncaught: ${error.stack ?? error}`),
    );
    visitor.page.on("console", (message) => {
      const unused =
        message.type() === "warning" && FETCHED_TWICE.test(message.text());
      if (unused || message.type() === "error")
        visitor.#fault(`console: ${message.text()} ${message.location().url}`);
    });
    return visitor;
  }

  #fault(text) {
    if (this.networkCut && NETWORK_NOISE.test(text)) return;
    const status = /the server responded with a status of (\d+)/.exec(
      text,
    )?.[1];
    if (status && this.expectedStatuses.has(Number(status))) return;
    if (this.expectedFaults.some((expected) => expected.test(text))) return;
    this.faults.push(text);
  }

  /** Becomes the administrator by the link of the first run. */
  async moveIn(server, name = "Ada") {
    await this.page.goto(server.firstRunUrl);
    await this.page.getByLabel("Your name").fill(name);
    await this.page.getByRole("button", { name: "Move in" }).click();
    await this.page.waitForURL("**/nest/main");
  }

  /** Is the administrator of a furnished server, with the session they had there. */
  async comeBack(server, cookie) {
    const { hostname: domain } = new URL(server.url);
    const rules = { path: "/", httpOnly: true, secure: true, sameSite: "Lax" };
    await this.context.addCookies([{ ...cookie, domain, ...rules }]);
    await this.page.goto(`${server.url}/nest/main`);
    await this.page.getByRole("heading", { level: 1 }).waitFor();
  }

  /** Follows an invitation. */
  async join(link, name) {
    await this.page.goto(link);
    await this.page.getByLabel("Your name").fill(name);
    await this.page.getByRole("button", { name: "Join", exact: true }).click();
    await this.page.waitForURL((url) => url.pathname === "/");
  }

  /** Looks in as a guest. */
  async lookIn(link, name) {
    await this.page.goto(link);
    await this.page.getByLabel("Your name").fill(name);
    await this.page.getByRole("button", { name: "Enter" }).click();
    // The gate has a heading too.
    await this.page.getByLabel("Your name").waitFor({ state: "detached" });
    await this.page.getByRole("heading", { level: 1 }).waitFor();
  }

  /** Presses Listen and waits until the badge says "In step". */
  async listen() {
    await this.page
      .getByRole("button", { name: "Listen", exact: true })
      .click();
    await this.inStep();
  }

  /** Waits until this page says that it is in step. */
  async inStep(timeoutMs = TIMEOUT_MS) {
    await this.page
      .getByText(/^In step/)
      .first()
      .waitFor({ timeout: timeoutMs });
  }

  /** Adds a song by searching for it, as most people do. */
  async add(title) {
    const box = this.page.getByRole("combobox", { name: "Add a song" });
    await box.fill(title);
    await this.page.getByRole("option", { name: title }).first().click();
    await box.press("Escape");
  }

  /** Title of what plays, as the page shows it. */
  nowPlaying() {
    return this.page
      .getByRole("region", { name: "Listen" })
      .getByRole("heading", { level: 2 });
  }

  /** The entries of the queue; suggestions for an empty one are none. */
  queue() {
    const voted = this.page.getByRole("button", { name: /^Vote .* up$/ });
    return this.page
      .getByRole("region", { name: "Up next" })
      .getByRole("listitem")
      .filter({ has: voted });
  }

  /** Asks the API as this visitor. */
  async api(path, options = {}) {
    return this.page.evaluate(
      async ([path, options]) => {
        const answer = await fetch(`/api/v1${path}`, {
          ...options,
          headers: options.body ? { "content-type": "application/json" } : {},
        });
        const text = await answer.text();
        return {
          status: answer.status,
          body: text === "" ? null : JSON.parse(text),
        };
      },
      [path, options],
    );
  }

  /**
   * The test's clock minus the page's, by the quickest of many questions: right within half a millisecond.
   * `performance.timeOrigin` will not do: it is off by milliseconds when the machine was busy as the page opened.
   */
  async reference() {
    let best = { took: Infinity, offsetMs: 0 };
    for (let question = 0; question < 100; question += 1) {
      const sentMs = performance.now();
      const pageMs = await this.page.evaluate("performance.now()");
      const took = performance.now() - sentMs;
      if (took < best.took)
        best = { took, offsetMs: sentMs + took / 2 - pageMs };
    }
    return best.offsetMs;
  }

  /** When clicks of a click track were heard since the last call, on the test's clock. */
  async clicks(offsetMs) {
    const heard = await this.page.evaluate("e2e.clicks()");
    return heard.map((atMs) => atMs + offsetMs);
  }

  /** Cuts this visitor off, or lets them back in. */
  async cut(away) {
    if (away) this.networkCut = true;
    await this.context.setOffline(away);
  }

  /** Fails if anything went wrong in the page. */
  async leave() {
    await this.context.close();
    if (this.faults.length > 0) {
      throw new Error(
        `the page had faults:\n${[...new Set(this.faults)].slice(0, 10).join("\n")}`,
      );
    }
  }
}
