// Files between two people: dropped, pasted and chosen, looked at large, downloaded, and gone with their message or
// with the right to see them.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { isClean } from "./clean.mjs";
import { Person, startBrowser } from "./person.mjs";
import { TestServer } from "./server.mjs";

const NOTES = "Beans along the south wall.\n";

let server;
let browser;
let ada;
let grace;
let club;

before(async () => {
  server = await TestServer.create();
  browser = await startBrowser();
  club = server.name("Picture club");
  [ada, grace] = await Promise.all([
    Person.signUp(browser, server.url, server.name("ada"), "Ada Lovelace"),
    Person.signUp(browser, server.url, server.name("grace"), "Grace Hopper"),
  ]);
  await ada.createGroup(club);
  await grace.browseAndJoin(club);
});

after(async () => {
  for (const person of [ada, grace]) assert.deepEqual(person?.errors ?? [], []);
  await browser?.close();
  await server?.remove();
});

const item = (person, text) => person.messages.getByRole("article", { name: text }).last();
const tray = (person) => person.page.getByRole("list", { name: "Attached files" });

/** What a hand would carry: a picture of that colour, drawn in the page itself. */
function carried({ page }, name, colour) {
  return page.evaluateHandle(
    async ([name, colour]) => {
      const canvas = new OffscreenCanvas(640, 400);
      const brush = canvas.getContext("2d");
      brush.fillStyle = colour;
      brush.fillRect(0, 0, 640, 400);
      const data = new DataTransfer();
      data.items.add(new File([await canvas.convertToBlob({ type: "image/png" })], name, { type: "image/png" }));
      return data;
    },
    [name, colour],
  );
}

test("a picture is dropped, another one pasted, notes are chosen, and all go with one message", async () => {
  const { page } = ada;
  const timeline = page.locator("[data-part=timeline]");
  const dropped = await carried(ada, "south wall.png", "#2f7d5b");
  await timeline.dispatchEvent("dragenter", { dataTransfer: dropped });
  await page.getByText("Drop files to attach them").waitFor();
  await isClean(ada, "drop zone");
  await timeline.dispatchEvent("drop", { dataTransfer: dropped });
  await tray(ada).getByText("south wall.png").waitFor();
  const pasted = await carried(ada, "pasted.png", "#7d2f5b");
  await ada.box.evaluate((box, data) => box.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })), pasted);
  await tray(ada).getByText("pasted.png").waitFor();
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("button", { name: "Attach files" }).click()]);
  await chooser.setFiles([
    { name: "notes of today.txt", mimeType: "text/plain", buffer: Buffer.from(NOTES) },
    { name: "not wanted.txt", mimeType: "text/plain", buffer: Buffer.from("no") },
  ]);
  await page.getByRole("button", { name: "Remove not wanted.txt" }).click();
  await tray(ada).getByText("not wanted.txt").waitFor({ state: "detached" });
  await isClean(ada, "attached files");
  await ada.box.fill("Where they go");
  await page.getByRole("button", { name: "Send" }).click();
  await item(grace, /Where they go/).getByRole("button", { name: "Show south wall.png" }).waitFor();
  await isClean(grace, "files in a message");
});

test("the pictures are looked at one after the other, by keyboard, and the focus comes back", async () => {
  const { page } = grace;
  const thumbnail = item(grace, /Where they go/).getByRole("button", { name: "Show south wall.png" });
  await thumbnail.press("Enter");
  const viewer = page.getByRole("dialog");
  await viewer.getByText(/^1 of 2/).waitFor();
  const shown = viewer.getByRole("img", { name: "Image south wall.png" });
  assert.deepEqual(await shown.evaluate(async (image) => (await image.decode(), [image.naturalWidth, image.naturalHeight])), [640, 400]);
  await isClean(grace, "image viewer");
  await page.keyboard.press("ArrowRight");
  await viewer.getByText(/^2 of 2/).waitFor();
  await viewer.getByRole("img", { name: "Image pasted.png" }).waitFor();
  await page.keyboard.press("Escape");
  await viewer.waitFor({ state: "hidden" });
  await page.waitForFunction(() => document.activeElement.getAttribute("aria-label") === "Show south wall.png");
});

test("what is no picture is downloaded, under its name", async () => {
  const link = item(grace, /Where they go/).getByRole("link", { name: /^Download notes of today\.txt/ });
  const [download] = await Promise.all([grace.page.waitForEvent("download"), link.click()]);
  assert.equal(download.suggestedFilename(), "notes of today.txt");
  assert.equal(await readFile(await download.path(), "utf8"), NOTES);
});

test("an upload that fails can be tried again, and a message waits for it", async () => {
  const { page } = ada;
  await page.route(/\/api\/files/, (route) => route.abort());
  await page.getByLabel("Attach files").last().setInputFiles([{ name: "plan.txt", mimeType: "text/plain", buffer: Buffer.from("plan") }]);
  await page.getByRole("button", { name: "Upload plan.txt again" }).waitFor();
  await page.getByText("Remove what was not uploaded, or try again.").waitFor();
  assert.equal(await page.getByRole("button", { name: "Send" }).isEnabled(), false);
  await isClean(ada, "a failed upload");
  await page.unroute(/\/api\/files/);
  await page.getByRole("button", { name: "Upload plan.txt again" }).click();
  await page.getByRole("button", { name: "Upload plan.txt again" }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Send" }).click();
  await item(grace, /plan\.txt/).waitFor();
});

test("a file goes with its message, and is closed to whoever is taken out while looking", async () => {
  const plan = await item(grace, /plan\.txt/).getByRole("link", { name: /^Download plan\.txt/ }).getAttribute("href");
  const notes = await item(grace, /Where they go/).getByRole("link", { name: /^Download notes of today\.txt/ }).getAttribute("href");
  const status = (path) => grace.page.evaluate(async (path) => (await fetch(path)).status, path);
  assert.equal(await status(plan), 200);
  await item(ada, /plan\.txt/).focus();
  await ada.page.keyboard.press("Delete");
  await ada.page.getByRole("button", { name: "Delete message" }).click();
  await grace.messages.getByText("Message deleted").waitFor();
  assert.equal(await status(plan), 404);

  assert.equal(await status(notes), 200);
  await ada.page.getByRole("button", { name: "Group menu" }).click();
  await ada.page.getByRole("menuitem", { name: "Group settings" }).click();
  const dialog = ada.page.getByRole("dialog", { name: "Group settings" });
  await dialog.getByRole("radio", { name: /^Only who is let in/ }).check();
  await dialog.getByRole("button", { name: "Save changes" }).click();
  const question = ada.page.getByRole("dialog", { name: /^Hide .* from everybody else\?/ });
  await isClean(ada, "hide the group");
  await question.getByRole("button", { name: "Yes, change it" }).click();
  await grace.page.getByText(/^Private group/).waitFor();
  await ada.page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
  await item(grace, /Where they go/).getByRole("button", { name: "Show south wall.png" }).click();
  await grace.page.getByRole("dialog").getByText(/^1 of 2/).waitFor();
  await ada.page.getByRole("button", { name: "Group menu" }).click();
  await ada.page.getByRole("menuitem", { name: "Members" }).click();
  await ada.page.getByRole("button", { name: "Actions for Grace Hopper" }).click();
  await ada.page.getByRole("menuitem", { name: "Remove from the group" }).click();
  await ada.page.getByRole("button", { name: "Remove", exact: true }).click();
  await grace.page.getByRole("heading", { level: 1, name: /You are no longer in this conversation$/ }).waitFor();
  assert.equal(await grace.page.getByRole("img", { name: "Image south wall.png" }).count(), 0);
  assert.equal(await status(notes), 404);
});
