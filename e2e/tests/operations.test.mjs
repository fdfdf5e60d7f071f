/**
 * The page of operations: what administrators see of how their server is run, on a desk and on a phone.
 */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { eventually, Scene, visitorsLeaveAfterEach } from "../support/scene.mjs";

const AXE = await readFile(
  createRequire(import.meta.url).resolve("axe-core/axe.min.js"),
  "utf8",
);
const SECRET = "nobody-may-read-this";

let scene;
let folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "rookery-operations-"));
  const settings = async (url) => {
    const config = join(folder, "rookery.toml");
    await writeFile(
      config,
      `[environments.production]
url = "${url}"
trigger = { release = "published" }
promote_from = "staging"
backups = { to = ["file:${folder}/copies"], every = "1h" }
budget = { usd_month = 6, memory_mib = 4000 }
[environments.staging]
url = "https://stg.example.org"
trigger = { push = "main" }
target = { ssh = "deploy@203.0.113.5" }
database = "postgres://rookery:${SECRET}@db.example.org/stg"
access = { allow = ["github:org/team"] }
`,
    );
    return { ROOKERY_CONFIG: config, ROOKERY_ENVIRONMENT: "production" };
  };
  scene = await Scene.open({ demo: false, settings });
});
after(async () => {
  await scene?.close();
  await rm(folder, { recursive: true, force: true });
});
visitorsLeaveAfterEach(() => scene);

async function open(visitor) {
  await visitor.page.goto(`${scene.server.url}/settings/operations`);
  await visitor.page.getByRole("heading", { name: "Backups" }).waitFor();
}

/** Somebody signed in as the administrator in a browser of other habits. */
async function again(options) {
  const visitor = await scene.visitor(options);
  await visitor.context.addCookies(await scene.administrator.context.cookies());
  return visitor;
}

async function findings(page) {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { violations } = await window.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return violations.map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`,
    );
  });
}

test("the settings lead to it, and it begins with what needs somebody", async () => {
  const { page } = scene.administrator;
  await page.goto(`${scene.server.url}/settings`);
  await page.getByRole("link", { name: "Operations" }).click();
  await page.waitForURL("**/settings/operations");
  await page.getByRole("heading", { level: 1, name: "Operations" }).waitFor();
  // Its only place of backups is a folder beside the data.
  await page.getByRole("heading", { level: 2, name: /needs? you$/ }).waitFor();
  await page.getByText("Every backup is on the disk of the data.").waitFor();
  await page.getByText(/Name a second place in backups\.to/).waitFor();
});

test("a backup that was made is seen by itself, without anybody asking", async () => {
  const { page } = scene.administrator;
  await open(scene.administrator);
  const backups = page
    .locator("section")
    .filter({ has: page.getByRole("heading", { name: "Backups" }) });
  await backups.getByText(`file:${folder}/copies`, { exact: true }).waitFor();
  // Places are looked at once a minute, and the page asks every fifteen seconds.
  await backups
    .getByText("1 copy", { exact: false })
    .waitFor({ timeout: 100_000 });
  await backups
    .getByText("Restored and compared", { exact: true })
    .waitFor({ timeout: 100_000 });
  await backups.getByText(/the log of the database arrives/).waitFor();
});

test("the environments stand side by side, without a secret", async () => {
  const { page } = scene.administrator;
  await open(scene.administrator);
  const card = (name) =>
    page
      .getByRole("listitem")
      .filter({ has: page.getByRole("heading", { name, level: 3 }) });
  await card("staging").getByText("203.0.113.5 (ssh)").waitFor();
  await card("staging").getByText("only whom it names").waitFor();
  await card("production")
    .getByText(/\$6 a month, 4000 MiB of memory/)
    .waitFor();
  assert.equal(
    await card("production").getByText("here", { exact: true }).count(),
    1,
  );
  assert.ok(!(await page.content()).includes(SECRET));
  const { body } = await scene.administrator.api("/operations");
  assert.ok(!JSON.stringify(body).includes(SECRET));
});

test("the schema, health and sizes are tables that can be heard", async () => {
  const { page } = scene.administrator;
  await open(scene.administrator);
  const health = page.getByRole("table", {
    name: "Each part of the server, and how it is",
  });
  await health.getByRole("row", { name: /Database well/ }).waitFor();
  await page.getByText(/^\d+ migrations$/).press("Enter");
  const schema = page.getByRole("table", {
    name: "Each migration and when it was applied",
  });
  const { body } = await scene.administrator.api("/operations");
  assert.equal(await schema.getByRole("row").count(), body.schema.known + 1);
  const moment = schema
    .getByRole("row", { name: /0001_people/ })
    .getByRole("time");
  assert.match(await moment.getAttribute("title"), /\d{4}/);
  await page
    .getByRole("table", { name: "What takes room on this machine" })
    .waitFor();
  await page
    .getByRole("meter", { name: "Memory of this process, of its budget" })
    .waitFor();
});

test("when the server is away, what was seen stays and is said to be old", async () => {
  const ada = await again();
  ada.expectedFaults.push(/ERR_INTERNET_DISCONNECTED|Failed to load resource/);
  await open(ada);
  await ada.cut(true);
  await ada.page
    .getByText(/^The server does not answer\./)
    .waitFor({ timeout: 60_000 });
  await ada.page.getByRole("heading", { name: "Backups" }).waitFor();
  await ada.cut(false);
  await ada.page
    .getByText(/^The server does not answer\./)
    .waitFor({ state: "detached", timeout: 60_000 });
});

test("who is no administrator is told so", async () => {
  const henry = await scene.member("Henry");
  henry.expectedStatuses.add(403);
  await henry.page.goto(`${scene.server.url}/settings/operations`);
  await henry.page.getByText("Only administrators may read this.").waitFor();
  assert.equal((await henry.api("/operations")).status, 403);
});

for (const [device, options] of [
  ["a desk", { viewport: { width: 1280, height: 900 } }],
  [
    "a phone",
    { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  ],
])
  for (const colorScheme of ["light", "dark"])
    test(`axe finds nothing on ${device} in ${colorScheme} colours, and nothing is cut off`, async () => {
      const ada = await again({ ...options, colorScheme });
      await open(ada);
      for (const fold of await ada.page.locator("summary").all())
        await fold.click();
      assert.deepEqual(await findings(ada.page), []);
      const wide = await ada.page.evaluate(
        () => document.documentElement.scrollWidth - innerWidth,
      );
      assert.ok(wide <= 0, `${wide} px wider than the screen`);
    });

test("it is said in German as well", async () => {
  const ada = await again({ locale: "de-DE" });
  await ada.page.goto(`${scene.server.url}/settings/operations`);
  await ada.page.getByRole("heading", { level: 1, name: "Betrieb" }).waitFor();
  await ada.page
    .getByRole("heading", { level: 2, name: "Sicherungen" })
    .waitFor();
  await eventually("the verdict", () =>
    ada.page.getByRole("heading", { name: /brauch(t|en) dich$/ }).isVisible(),
  );
});
