// What two people do to messages, seen by both at once: reactions, edits, replies, threads, pins, deletions, forwarding,
// jumping far up, a server that is killed in the middle, the keyboard alone, a phone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isClean } from "./clean.mjs";
import { Person, startBrowser } from "./person.mjs";
import { Script } from "./script.mjs";
import { TestServer } from "./server.mjs";

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

let server;
let browser;
let ada;
let grace;
let club;

before(async () => {
  server = await TestServer.create();
  browser = await startBrowser();
  club = server.name("Garden club");
  ada = await Person.signUp(browser, server.url, server.name("ada"), "Ada Lovelace");
  grace = await Person.signUp(browser, server.url, server.name("grace"), "Grace Hopper");
  await ada.find(grace);
  await ada.say("Shall we plant tulips?");
  await ada.sees("Shall we plant tulips?");
  await grace.open("Ada Lovelace");
  await grace.sees("Shall we plant tulips?");
});

after(async () => {
  await browser?.close();
  await server?.remove();
});

const item = (person, text) => person.messages.getByRole("article", { name: text }).last();
const dialog = (person, name) => person.page.getByRole("dialog", { name });

/** Without a mouse: the message gets the focus as the arrow keys would give it. */
async function focusOn(person, text) {
  await item(person, text).focus();
}

async function menu(person, text, entry) {
  await item(person, text).hover();
  await item(person, text).getByRole("button", { name: "More" }).click();
  await person.page.getByRole("menuitem", { name: entry, exact: true }).click();
}

test("a reaction is there for both, counts up, and is taken off by keyboard", async () => {
  await item(grace, /tulips/).hover();
  await item(grace, /tulips/).getByRole("button", { name: "React" }).first().click();
  await grace.page.getByRole("button", { name: "React with 🎉" }).click();
  const chip = item(ada, /tulips/).getByRole("button", { name: /^Grace Hopper: 🎉 \d$/ });
  await chip.click();
  await item(grace, /tulips/).getByRole("button", { name: /^You, Ada Lovelace: 🎉 \d$/ }).waitFor();
  await item(ada, /tulips/).getByRole("button", { name: /^Grace Hopper, You: 🎉 \d$/, pressed: true }).press("Enter");
  await item(grace, /tulips/).getByRole("button", { name: /^You: 🎉 \d$/ }).waitFor();
});

test("the arrow key in the empty field edits the last own message, Escape leaves it, Enter saves", async () => {
  await ada.box.focus();
  await ada.page.keyboard.press("ArrowUp");
  const field = ada.page.getByRole("textbox", { name: "Edit message" });
  await field.fill("something else");
  await field.press("Escape");
  await ada.sees("Shall we plant tulips?");
  await focusOn(ada, /tulips/);
  await ada.page.keyboard.press("e");
  await field.fill("Shall we plant roses?");
  await field.press("Enter");
  await grace.sees("Shall we plant roses?");
  await item(grace, /roses/).getByRole("button", { name: /^Edited/ }).click();
  await dialog(grace, "Edit history").getByText("Shall we plant tulips?").waitFor();
  await isClean(grace);
  await grace.page.keyboard.press("Escape");
});

test("a reply quotes, and the quote leads back", async () => {
  await focusOn(grace, /roses/);
  await grace.page.keyboard.press("r");
  await grace.hasFocus("Message");
  await grace.page.getByText("Reply to Ada Lovelace").waitFor();
  await grace.say("Roses it is");
  await ada.sees("Roses it is");
  const quote = item(ada, /Roses it is/).getByRole("button", { name: /^In reply to You/ });
  assert.match(await quote.textContent(), /Shall we plant roses\?/);
  await quote.click();
  await ada.page.waitForFunction(() => /plant roses/.test(document.activeElement.getAttribute("aria-label") ?? ""));
});

test("a thread: replies live on both sides, counted under its root, closed by Escape", async () => {
  await focusOn(ada, /Roses it is/);
  await ada.page.keyboard.press("t");
  const panel = (person) => person.page.getByRole("complementary", { name: "Thread" });
  await panel(ada).getByText("Nobody has replied yet.").waitFor();
  const box = (person) => panel(person).getByRole("textbox", { name: "Reply in thread" });
  await box(ada).fill("Red ones?");
  await box(ada).press("Enter");
  await item(grace, /Roses it is/).getByRole("button", { name: /^Open the thread: 1 reply/ }).click();
  await panel(grace).getByRole("list", { name: "Replies" }).getByText("Red ones?", { exact: true }).waitFor();
  await box(grace).fill("White ones");
  await box(grace).press("Enter");
  await panel(ada).getByRole("list", { name: "Replies" }).getByText("White ones", { exact: true }).waitFor();
  await item(ada, /Roses it is/).getByRole("button", { name: /^Open the thread: 2 replies/ }).waitFor();
  // What is said in a thread stands in no timeline.
  assert.deepEqual(await ada.messages.getByText("White ones", { exact: true }).count(), 0);
  await isClean(ada);
  await ada.page.keyboard.press("Escape");
  await panel(ada).waitFor({ state: "hidden" });
  await ada.hasFocus("Message");
  await grace.page.goBack();
  await panel(grace).waitFor({ state: "hidden" });
});

test("pins are listed for both, and lead to the message", async () => {
  await focusOn(grace, /Roses it is/);
  await grace.page.keyboard.press("p");
  await item(ada, /Roses it is/).getByText("Pinned").waitFor();
  await ada.page.getByRole("button", { name: "Pinned messages" }).click();
  await dialog(ada, "Pinned messages").getByRole("button", { name: /Roses it is/ }).click();
  await ada.page.waitForFunction(() => /Roses it is/.test(document.activeElement.getAttribute("aria-label") ?? ""));
  await menu(grace, /Roses it is/, "Unpin");
  await item(ada, /Roses it is/).getByText("Pinned").waitFor({ state: "hidden" });
});

test("what is forwarded says from whom", async () => {
  await ada.createGroup(club);
  await ada.open("Grace Hopper");
  await menu(ada, /Roses it is/, "Forward");
  await dialog(ada, "Forward message").getByRole("checkbox", { name: club }).check();
  await dialog(ada, "Forward message").getByRole("button", { name: "Forward to 1 conversation" }).click();
  await ada.open(club);
  await item(ada, /Roses it is/).getByText("Forwarded from Grace Hopper").waitFor();
  await ada.open("Grace Hopper");
});

test("a deleted message leaves its place to both, after a question", async () => {
  await ada.say("This is a mistake");
  await grace.sees("This is a mistake");
  await ada.settles();
  await focusOn(ada, /a mistake/);
  await ada.page.keyboard.press("Delete");
  await dialog(ada, "Delete this message?").getByRole("button", { name: "Keep it" }).click();
  await ada.sees("This is a mistake");
  await focusOn(ada, /a mistake/);
  await ada.page.keyboard.press("Delete");
  await dialog(ada, "Delete this message?").getByRole("button", { name: "Delete message" }).click();
  await grace.messages.getByText("Message deleted").waitFor();
  assert.equal(await grace.messages.getByText("This is a mistake").count(), 0);
});

test("changes made while the server is away arrive once it is back, each once", { skip: process.env.CONFAB_URL !== undefined }, async () => {
  await server.kill();
  await ada.reconnecting.waitFor();
  await focusOn(ada, /Roses it is/);
  await ada.page.keyboard.press("+");
  await ada.page.getByRole("button", { name: "React with 👍" }).click();
  await item(ada, /Roses it is/).getByRole("button", { name: /^You: 👍 \d$/ }).waitFor(); // at once
  await server.start();
  await item(grace, /Roses it is/).getByRole("button", { name: /^Ada Lovelace: 👍 \d$/ }).waitFor();
  await ada.reconnecting.waitFor({ state: "hidden" });
  await item(ada, /Roses it is/).getByRole("button", { name: /^You: 👍 \d$/ }).waitFor();
  await ada.say("Back again");
  await grace.sees("Back again");
  assert.equal((await grace.texts()).filter((text) => text === "Back again").length, 1);
});

test("a link leads to a message far up, and from there back to the newest", async () => {
  const bot = await Script.signUp(server.url, server.name("bot"), "Garden Bot");
  const chat = await bot.group(server.name("Log book"));
  for (let day = 1; day <= 260; day += 1) await bot.say(chat, `day ${day}`);
  await grace.page.goto(`/c/${chat}`);
  await grace.page.getByRole("button", { name: /^Join/ }).click();
  await grace.sees("day 260");
  const [page] = await Promise.all([bot.call("GET", `/conversations/${chat}/messages?limit=200`)]);
  const { seq } = page.messages.find((message) => message.body === "day 100");
  await grace.page.goto(`/c/${chat}?m=${seq}`);
  await grace.sees("day 100");
  await grace.page.waitForFunction(() => /day 100$/.test(document.activeElement.getAttribute("aria-label") ?? ""));
  assert.equal(await grace.messages.getByText("day 260", { exact: true }).count(), 0);
  await grace.page.getByRole("button", { name: "Back to the newest messages" }).click();
  await grace.sees("day 260");
  // Once more, and down by scrolling: the pages between are read until both ends meet.
  await grace.page.goto(`/c/${chat}?m=${seq}`);
  await grace.sees("day 100");
  await bot.say(chat, "day 261");
  for (let turn = 0; turn < 400 && (await grace.messages.getByText("day 261", { exact: true }).count()) === 0; turn += 1) {
    await grace.history.evaluate((list) => list.scrollBy(0, list.clientHeight / 2));
    await grace.isDrawn();
  }
  await grace.sees("day 261");
  const texts = await grace.texts();
  assert.deepEqual(texts.slice(-162), Array.from({ length: 162 }, (_, index) => `day ${index + 100}`));
});

test("on a phone a thread is a page of its own", async () => {
  const kay = await Person.signUp(browser, server.url, server.name("kay"), "Kay McNulty", PHONE);
  await kay.browseAndJoin(club);
  await kay.say("From the train");
  await kay.sees("From the train");
  await kay.settles();
  await item(kay, /From the train/).tap();
  await item(kay, /From the train/).getByRole("button", { name: "Reply in thread" }).tap();
  const panel = kay.page.getByRole("complementary", { name: "Thread" });
  await panel.getByRole("textbox", { name: "Reply in thread" }).fill("and a reply");
  await panel.getByRole("button", { name: "Send" }).tap();
  await panel.getByText("and a reply", { exact: true }).waitFor();
  const { width } = await panel.boundingBox();
  assert.equal(width, PHONE.viewport.width);
  await isClean(kay);
  await panel.getByRole("button", { name: "Close the thread" }).tap();
  await item(kay, /From the train/).getByRole("button", { name: /1 reply/ }).waitFor();
  assert.deepEqual([...ada.errors, ...grace.errors, ...kay.errors], []);
});
