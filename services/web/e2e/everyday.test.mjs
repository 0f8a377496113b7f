// What one meets on an ordinary day: many conversations, fast talk, several tabs, no network, a phone, the keyboard.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Person, startBrowser } from "./person.mjs";
import { Script } from "./script.mjs";
import { TestServer } from "./server.mjs";

let server;
let browser;
let ada;
let adaId;
let bot;
/** The direct conversation of the two. */
let chat;

before(async () => {
  server = await TestServer.create();
  browser = await startBrowser();
  ada = await Person.signUp(browser, server.url, server.name("ada"), "Ada Lovelace");
  bot = await Script.signUp(server.url, server.name("bot"), "Release Bot");
  adaId = (await bot.call("GET", `/users?query=${server.name("ada")}`)).users[0].id;
  chat = await bot.direct(adaId);
  await bot.say(chat, "Good morning");
});

after(async () => {
  await browser?.close();
  await server?.remove();
});

test("the title of the tab says what is unread, and whose conversation is open", async () => {
  await ada.isTitled("(1) Confab");
  await ada.open("Release Bot");
  await ada.isTitled("Release Bot · Confab");
});

test("the keyboard alone is enough", async () => {
  await ada.page.getByRole("button", { name: "New group", exact: true }).first().press("Enter");
  await ada.page.getByRole("dialog").waitFor();
  await ada.page.keyboard.press("Escape");
  await ada.hasFocus("New group");
  await ada.page.keyboard.press("Enter");
  await ada.page.getByRole("dialog").waitFor();
  await ada.page.keyboard.type("Keyboard club");
  await ada.page.keyboard.press("Enter");
  await ada.heading("Keyboard club").waitFor();
  await ada.hasFocus("Message");
  await ada.page.keyboard.type("typed at once");
  await ada.page.keyboard.press("Enter");
  await ada.sees("typed at once");
  await ada.hasFocus("Message");
  await ada.page.getByRole("button", { name: "Group menu" }).press("Enter");
  await ada.page.getByRole("menuitem", { name: "Members" }).press("Enter");
  await ada.page.getByRole("dialog", { name: "Members" }).waitFor();
  await ada.page.keyboard.press("Escape");
  await ada.hasFocus("Group menu");
});

test("a growing composer leaves the newest message in sight", async () => {
  await ada.open("Release Bot");
  for (let line = 1; line <= 30; line += 1) await bot.say(chat, `line ${line}`);
  await ada.sees("line 30");
  for (let line = 0; line < 12; line += 1) {
    await ada.box.press("Shift+Enter");
    await ada.page.keyboard.type("more");
    assert.equal(await ada.fromEnd(), 0);
  }
  await ada.box.fill("");
});

test("code keeps the spaces at its start", async () => {
  await ada.say("\n    indented\n        more\n");
  await ada.settles();
  assert.equal((await bot.texts(chat)).at(-1), "    indented\n        more");
});

test("two tabs without network for a while show exactly what the server has", async () => {
  const tab = await ada.anotherTab();
  await tab.sees("line 30");
  await ada.page.context().setOffline(true);
  await ada.reconnecting.waitFor();
  await tab.reconnecting.waitFor();
  await ada.say("from the first tab");
  await tab.say("from the second tab");
  for (let line = 1; line <= 60; line += 1) await bot.say(chat, `fast ${line}`);
  await ada.page.context().setOffline(false);
  for (const person of [ada, tab]) {
    await person.sees("fast 60");
    await person.settles();
    await person.readAll();
    await person.has("from the first tab");
    await person.has("from the second tab");
  }
  // Which messages, and in which order; Markdown draws their spaces and lines anew.
  const bare = (texts) => texts.map((text) => text.replace(/\s+/g, ""));
  const expected = bare(await bot.texts(chat));
  assert.equal(expected.length, 94);
  assert.deepEqual(bare(await ada.texts()), expected);
  assert.deepEqual(bare(await tab.texts()), expected);
  assert.deepEqual(tab.errors, []);
  await tab.page.close();
});

test("a conversation far down in a long list is live, too", async () => {
  const grace = await Script.signUp(server.url, server.name("grace"), "Grace Hopper");
  const old = await grace.direct(adaId);
  for (let room = 0; room < 60; room += 1) {
    const founder = room % 2 === 0 ? bot : grace; // a server's limit on new groups counts each for itself
    await founder.call("POST", "/conversations", { kind: "group", name: `Room ${room}`, memberIds: [adaId] });
  }
  await ada.page.reload();
  await ada.listed("Room 59").waitFor();
  await ada.listed("Grace Hopper").waitFor({ state: "attached" });
  await grace.say(old, "news from far down");
  await ada.listed(/Grace Hopper.*news from far down.*1 unread/).waitFor();
});

test("a phone shows long names and long words without scrolling sideways", async () => {
  const phone = await Person.signUp(browser, server.url, server.name("zoe"), "Zoe", { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
  const long = await Script.signUp(server.url, server.name("long"), "W".repeat(64));
  const { users } = await long.call("GET", `/users?query=${server.name("zoe")}`);
  const direct = await long.direct(users[0].id);
  await long.say(direct, `${"w".repeat(500)} مرحبا`);
  const sideways = () => phone.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  await phone.listed(/W{64}/).waitFor();
  assert.ok((await sideways()) <= 0);
  await phone.listed(/W{64}/).click();
  await phone.messages.getByText("مرحبا").waitFor();
  assert.ok((await sideways()) <= 0);
  const typing = await phone.page.evaluate(() => document.activeElement.tagName === "TEXTAREA");
  assert.equal(typing, false, "the phone's keyboard should not open by itself");
  assert.deepEqual([...phone.errors, ...ada.errors], []);
});
