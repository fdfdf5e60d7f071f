/**
 * The people of a server: everybody's face, and what administrators do with roles.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, Scene, visitorsLeaveAfterEach } from "../support/scene.mjs";

let scene;
before(async () => {
  scene = await Scene.open();
});
after(() => scene?.close());
visitorsLeaveAfterEach(() => scene);

const members = (visitor) =>
  visitor.page.goto(`${scene.server.url}/settings/members`);
const roleOf = async (visitor) =>
  (await visitor.api("/session")).body.person.role;

test("an administrator makes somebody another, and takes it back by undo", async () => {
  const { administrator } = scene;
  const { page } = administrator;
  const grace = await scene.member("Grace");
  await page.goto(`${scene.server.url}/settings`);
  await page.getByRole("link", { name: "Members" }).click();
  await page.getByRole("button", { name: "Change the role of Grace" }).click();
  const dialog = page.getByRole("dialog", { name: "Role of Grace" });
  assert.ok(
    await dialog.getByRole("button", { name: "Save" }).isDisabled(),
    "nothing was chosen yet",
  );
  await dialog.getByRole("radio", { name: /Administrator/ }).check();
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByText("Grace is an administrator now.").waitFor();
  assert.equal(await roleOf(grace), "administrator");
  await page.getByRole("button", { name: "Undo" }).click();
  await eventually(
    "she is a member again",
    async () => (await roleOf(grace)) === "member",
  );
});

test("nobody changes their own role, and the last administrator reads why", async () => {
  const { page } = scene.administrator;
  await members(scene.administrator);
  await page.getByText("Ada (you)").waitFor();
  await page.getByText(/The last administrator stays one/).waitFor();
  assert.equal(
    await page.getByRole("button", { name: "Change the role of Ada" }).count(),
    0,
  );
});

test("somebody is removed after a question, and nothing of theirs works any more", async () => {
  const { page } = scene.administrator;
  const jo = await scene.member("Jo");
  jo.expectedStatuses.add(401);
  await jo.page.goto(`${scene.server.url}/nest/main`);
  await jo.page.getByRole("heading", { level: 1 }).waitFor();
  await members(scene.administrator);
  await page.getByRole("button", { name: "Remove Jo" }).click();
  const question = page.getByRole("dialog", { name: "Remove Jo?" });
  await question.getByText(/stays in the histories/).waitFor();
  await question.getByRole("button", { name: "Remove", exact: true }).click();
  await page.getByText("Jo was removed.").waitFor();
  assert.equal(await page.getByRole("button", { name: "Remove Jo" }).count(), 0);
  await eventually(
    "she is signed out",
    async () => (await jo.api("/session")).body.person == null,
  );
  await jo.page.getByRole("heading", { name: "Come in" }).waitFor();
});

test("people are invited where they are listed", async () => {
  const { page } = scene.administrator;
  await members(scene.administrator);
  await page.getByRole("button", { name: "Create link" }).click();
  await page
    .getByRole("textbox", { name: "Invitation link, shown once" })
    .waitFor();
});

test("who is no administrator is told so", async () => {
  const henry = await scene.member("Henry");
  henry.expectedStatuses.add(403);
  await members(henry);
  await henry.page.getByText("Only administrators may read this.").waitFor();
});

test("faces are pictures from our own address, of the size of what they cover", async () => {
  const ida = await scene.member("Ida");
  const [track] = await scene.tracks(2);
  await scene.play(track.id);
  await ida.page.goto(`${scene.server.url}/nest/main`);
  const faces = ida.page.locator(".face img");
  await eventually("they are drawn", async () =>
    faces.evaluateAll(
      (all) =>
        all.length >= 2 &&
        all.every(
          (one) =>
            one.naturalWidth > 0 && new URL(one.src).origin === location.origin,
        ),
    ),
  );
  const boxes = await ida.page
    .locator(".face")
    .evaluateAll((all) =>
      all.map((one) => [one.clientWidth, one.firstElementChild?.clientWidth]),
    );
  for (const [face, picture] of boxes) assert.equal(face, picture);
});
