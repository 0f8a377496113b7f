// Every page and dialog through axe: light and dark, wide and as a phone. No violation is accepted.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isClean } from "./clean.mjs";
import { Person, startBrowser } from "./person.mjs";
import { Script } from "./script.mjs";
import { TestServer } from "./server.mjs";

const SIZES = { wide: { viewport: { width: 1280, height: 800 } }, phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true } };
const LINES = ["Good morning", "see https://a.example/b and `code`", "```js\nlet a = 1;\n```", "🎉", Array.from({ length: 40 }, (_, line) => `line ${line}`).join("\n")];

let server;
let browser;
let bot;

before(async () => {
  server = await TestServer.create();
  browser = await startBrowser();
  bot = await Script.signUp(server.url, server.name("bot"), "Release Bot");
});

after(async () => {
  await browser?.close();
  await server?.remove();
});

async function visitor(size, colorScheme, who) {
  const person = await Person.visit(browser, server.url, who, "Ada Lovelace", { ...SIZES[size], colorScheme });
  return person;
}

for (const size of Object.keys(SIZES)) {
  for (const scheme of ["light", "dark"]) {
    test(`${size}, ${scheme}: nothing stands in anybody's way`, async () => {
      const who = server.name(`ada_${size}_${scheme}`);
      const ada = await visitor(size, scheme, who);
      const { page } = ada;
      await page.goto("/");
      await page.getByRole("button", { name: "Sign in" }).waitFor();
      await isClean(ada, "sign in");
      await ada.fillSignUp();
      await page.getByText("Quiet here so far").waitFor();
      await isClean(ada, "empty");
      await withTalk(ada);
      await dialogs(ada, size);
      await settings(ada, size);
    });
  }
}

async function withTalk(ada) {
  const { users } = await bot.call("GET", `/users?query=${ada.username}`);
  const chat = await bot.direct(users[0].id);
  for (const line of LINES) await bot.say(chat, line);
  const group = await bot.call("POST", "/conversations", { kind: "group", name: `Club of ${ada.username}`, memberIds: [users[0].id] });
  await bot.say(group.conversation.id, "Welcome");
  await ada.listed(/Club of/).waitFor();
  await isClean(ada, "list");
  await ada.listed(/^Release Bot/).click();
  await ada.messages.getByText("line 3").first().waitFor();
  await isClean(ada, "conversation");
  await ada.page.route(/\/messages$/, (route) => route.fulfill({ status: 403, json: { code: "forbidden", detail: "not here" } }));
  await ada.say("refused");
  await ada.page.getByRole("button", { name: "Edit" }).waitFor();
  await isClean(ada, "refused");
  await ada.page.getByRole("button", { name: "Discard" }).press("Enter");
  await ada.page.getByRole("button", { name: "Undo" }).waitFor();
  await isClean(ada, "toast");
  await ada.page.getByRole("button", { name: "Dismiss" }).click();
}

async function dialogs(ada, size) {
  const { page } = ada;
  if (size === "phone") await page.getByRole("link", { name: "Back to the list" }).click();
  const dialog = page.getByRole("dialog");
  async function looksRight(name) {
    await dialog.waitFor();
    await isClean(ada, name);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
  }
  await ada.begin("New chat");
  await page.getByLabel("Find a person").fill(ada.username.slice(0, -1));
  await looksRight("new chat");
  await ada.begin("New group");
  await looksRight("new group");
  await ada.begin("Browse groups");
  await page.getByRole("list", { name: "Groups" }).getByRole("button").first().waitFor();
  await looksRight("browse");
  await page.keyboard.press("Control+k");
  await page.getByRole("option", { name: /Release Bot/ }).waitFor();
  await looksRight("switcher");
  await page.keyboard.press("Control+/");
  await looksRight("help");
  await ada.listed(/Club of/).click();
  await page.getByRole("button", { name: "Group menu" }).click();
  await page.getByRole("menuitem", { name: "Members" }).waitFor();
  await isClean(ada, "group menu");
  await page.getByRole("menuitem", { name: "Members" }).click();
  await page.getByRole("list", { name: "Members" }).getByText("Release Bot").waitFor();
  await looksRight("members");
  await page.getByRole("button", { name: "Group menu" }).click();
  await page.getByRole("menuitem", { name: "Leave group" }).click();
  await looksRight("leave");
}

async function settings(ada, size) {
  const { page } = ada;
  if (size === "phone") await page.getByRole("link", { name: "Back to the list" }).click();
  await page.getByRole("button", { name: "Account" }).click();
  await page.getByRole("menuitem", { name: "Settings" }).click();
  await page.getByText("This browser", { exact: true }).waitFor();
  await isClean(ada, "settings");
  assert.deepEqual(ada.errors, []);
}
