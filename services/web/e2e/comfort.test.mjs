// What makes it pleasant: switching, keys, copying, mending what failed, long histories, themes, signing out elsewhere.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { painted } from "./painted.mjs";
import { Person, startBrowser } from "./person.mjs";
import { Script } from "./script.mjs";
import { TestServer } from "./server.mjs";

let server;
let browser;
let ada;
let adaId;
let bot;
let chat;

before(async () => {
  server = await TestServer.create();
  browser = await startBrowser();
  ada = await Person.signUp(browser, server.url, server.name("ada"), "Ada Lovelace", { permissions: ["clipboard-read", "clipboard-write"] });
  bot = await Script.signUp(server.url, server.name("bot"), "Release Bot");
  adaId = (await bot.call("GET", `/users?query=${ada.username}`)).users[0].id;
  chat = await bot.direct(adaId);
  await bot.say(chat, "Good morning");
});

after(async () => {
  await browser?.close();
  await server?.remove();
});

const clipboard = () => ada.page.evaluate(() => navigator.clipboard.readText());
const focused = (person) => person.page.evaluate(() => document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent);

test("a first visit writes no error into the console", async () => {
  const stranger = await Person.visit(browser, server.url, "nobody", "Nobody");
  const said = [];
  stranger.page.on("console", (message) => said.push(message.text()));
  await stranger.page.goto("/");
  await stranger.page.getByRole("button", { name: "Sign in" }).waitFor();
  assert.deepEqual(said, []);
});

test("the icon of the tab has a dot while something is unread", async () => {
  const icon = () => ada.page.locator("link[rel=icon]").getAttribute("href");
  await ada.listed(/Release Bot.*1 unread/).waitFor();
  assert.equal(await icon(), "/favicon-unread.svg");
  await ada.open("Release Bot");
  await ada.isTitled("Release Bot · Confab");
  assert.equal(await icon(), "/favicon.svg");
});

test("the switcher finds conversations and people, and the arrow keys choose", async () => {
  const grace = await Script.signUp(server.url, server.name("grace"), "Grace Hopper");
  for (const name of ["Road trip", "Roof garden"]) await bot.call("POST", "/conversations", { kind: "group", name, memberIds: [adaId] });
  await ada.listed("Roof garden").waitFor();
  await ada.page.keyboard.press("Control+k");
  await ada.page.keyboard.type("ro");
  await ada.page.getByRole("option", { name: "Road trip" }).waitFor();
  await ada.page.getByRole("option", { name: /^Ro/ }).nth(1).waitFor();
  await ada.page.keyboard.press("ArrowDown");
  // The initials of the picture come first.
  const [, chosen] = (await ada.page.getByRole("option", { selected: true }).innerText()).split("\n");
  await ada.page.keyboard.press("Enter");
  await ada.heading(chosen).waitFor();
  await ada.hasFocus("Message");

  await ada.page.keyboard.press("Control+k");
  await ada.page.keyboard.type(`@${grace.user.username}`);
  await ada.page.getByRole("option", { name: /Grace Hopper.*New chat/ }).waitFor();
  await ada.page.keyboard.press("Enter");
  await ada.heading("Grace Hopper").waitFor();
  await ada.page.keyboard.press("Control+k");
  await ada.page.keyboard.type("zzzz");
  await ada.page.getByText("Nothing found.").waitFor();
  await ada.page.keyboard.press("Escape");
  await ada.page.getByRole("dialog").waitFor({ state: "hidden" });
});

test("Alt and the arrows go through the list, and ? explains the keys", async () => {
  const items = await ada.page.getByRole("navigation", { name: "Conversations" }).getByRole("link").allInnerTexts();
  const titles = items.map((item) => item.split("\n")[1].split("@")[0].trim());
  assert.ok(titles.length >= 4);
  await ada.open("Release Bot");
  const place = titles.indexOf("Release Bot");
  const below = titles[place + 1] ?? titles[place - 1];
  await ada.page.keyboard.press(titles[place + 1] === undefined ? "Alt+ArrowUp" : "Alt+ArrowDown");
  await ada.heading(below).waitFor();
  await bot.say(chat, "unread now");
  await ada.listed(/Release Bot.*1 unread/).waitFor();
  await ada.page.keyboard.press("Alt+Shift+ArrowDown");
  await ada.heading("Release Bot").waitFor();
  await ada.box.press("?");
  assert.equal(await ada.box.inputValue(), "?");
  await ada.box.fill("");
  await ada.history.focus();
  await ada.page.keyboard.press("?");
  await ada.page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  await ada.page.keyboard.press("Escape");
  await ada.page.getByRole("dialog").waitFor({ state: "hidden" });
});

test("the first stop of the tab key leads past the list", async () => {
  await ada.page.reload();
  await ada.sees("Good morning");
  await ada.page.evaluate(() => document.activeElement.blur());
  await ada.page.keyboard.press("Tab");
  await ada.page.getByRole("link", { name: "Skip to the conversation" }).press("Enter");
  await ada.hasFocus("Message");
});

test("code is a block of its own, links are safe, and all can be copied", async () => {
  const code = "fn main() {\n    println!(\"hello\");\n}";
  await bot.say(chat, `See https://a.example/x?y=1.\n\n\`\`\`rust\n${code}\n\`\`\``);
  await ada.messages.getByRole("button", { name: "Copy code" }).click();
  assert.equal(await clipboard(), code);
  const link = ada.messages.getByRole("link", { name: "https://a.example/x?y=1", exact: true });
  assert.equal(await link.getAttribute("href"), "https://a.example/x?y=1");
  assert.match(await link.getAttribute("rel"), /noopener.*nofollow/);
  await bot.say(chat, "🎉");
  await ada.sees("🎉");
  const size = (text) => ada.messages.getByText(text, { exact: true }).evaluate((body) => parseFloat(getComputedStyle(body).fontSize));
  assert.ok((await size("🎉")) > 1.5 * (await size("Good morning")));
});

test("the arrow keys go from message to message, and the one reached can be copied", async () => {
  for (const text of ["first", "second", "third"]) await bot.say(chat, text);
  await ada.sees("third");
  await ada.box.focus();
  await ada.history.focus();
  await ada.page.keyboard.press("Tab"); // past the link and the code above, which are stops of their own messages
  assert.match(await focused(ada), /^Release Bot, .*: third$/);
  await ada.page.keyboard.press("ArrowUp");
  await ada.page.waitForFunction(() => document.activeElement.getAttribute("aria-label")?.endsWith(": second"));
  await ada.page.keyboard.press("c");
  await ada.page.waitForFunction(async () => (await navigator.clipboard.readText()) === "second");
  assert.equal(await clipboard(), "second");
  await ada.page.keyboard.press("Escape");
  await ada.hasFocus("Message");
});

test("a long text is cut short until one asks for all of it", async () => {
  const lines = Array.from({ length: 60 }, (_, line) => `point ${line + 1}`);
  await bot.say(chat, lines.join("\n"));
  const more = ada.messages.getByRole("button", { name: "Show all" });
  await more.waitFor();
  assert.equal(await ada.messages.getByText("point 60").count(), 0);
  await more.click();
  await ada.messages.getByText("point 60").waitFor();
  await ada.messages.getByRole("button", { name: "Show less" }).click();
  await ada.messages.getByText("point 60").waitFor({ state: "detached" });
});

test("a few messages of all heights open at the newest one, and stay where one scrolls to", async () => {
  const log = await bot.group(server.name("Heights"));
  const list = ["1. one", "2. two", "3. three", "4. four"].join("\n").repeat(4);
  for (const text of ["short", "short", "short", "short", "short", list, "short", "```\na\nb\nc\nd\n```", "short"]) await bot.say(log, text);
  await bot.say(log, "look", { attachments: [await bot.upload("hills.png", painted(960, 540, 0.5))] });
  await bot.say(log, "the newest");
  await ada.page.goto(`/c/${log}`);
  await ada.page.getByRole("button", { name: /^Join/ }).click();
  await ada.box.waitFor();
  await ada.page.goto(`/c/${chat}`);
  await bot.say(log, "newer still");
  await ada.open(server.name("Heights"));
  const last = ada.messages.getByRole("article", { name: /newer still/ });
  await last.waitFor();
  const fromEnd = () => ada.history.evaluate((all) => all.scrollHeight - all.scrollTop - all.clientHeight);
  const inSight = (article) => article.getBoundingClientRect().bottom <= article.closest('[role="region"]').getBoundingClientRect().bottom;
  await ada.page.waitForFunction(inSight, await last.elementHandle());
  assert.ok((await fromEnd()) < 60);
  assert.equal(await ada.messages.locator("ol li").first().evaluate((one) => getComputedStyle(one).listStyleType), "decimal");
  await ada.history.hover();
  await ada.page.mouse.wheel(0, -600);
  await ada.page.waitForFunction((all) => all.scrollHeight - all.scrollTop - all.clientHeight > 300, await ada.history.elementHandle());
  await ada.page.evaluate(() => new Promise((done) => setTimeout(done, 500)));
  assert.ok((await fromEnd()) > 300, "nothing pulls the reader back");
  await ada.page.goto(`/c/${chat}`);
});

test("a message that is refused for good can be changed or given up, and that taken back", async () => {
  const refusal = { status: 403, contentType: "application/problem+json", json: { code: "forbidden", detail: "you may only read here" } };
  await ada.page.route(/\/messages$/, (route) => route.fulfill(refusal));
  await ada.say("Who brings teh cake?");
  await ada.messages.getByText("Not sent. You may only read here.").waitFor();
  assert.equal(await ada.messages.getByRole("button", { name: "Retry" }).count(), 0);
  await ada.messages.getByRole("button", { name: "Discard" }).click();
  await ada.messages.getByText("Who brings teh cake?").waitFor({ state: "detached" });
  await ada.page.getByRole("button", { name: "Undo" }).click();
  await ada.messages.getByRole("button", { name: "Edit" }).click();
  await ada.hasFocus("Message");
  assert.equal(await ada.box.inputValue(), "Who brings teh cake?");
  await ada.page.unroute(/\/messages$/);
  await ada.say("Who brings the cake?");
  await ada.settles();
  assert.equal((await bot.texts(chat)).at(-1), "Who brings the cake?");
});

test("ten thousand messages scroll, and only those near the screen are in the page", async () => {
  await ada.page.route(/\/messages\?/, async (route) => {
    const response = await route.fetch();
    const page = await response.json();
    const [first] = page.messages;
    const older = Array.from({ length: 10_000 }, (_, index) => ({ ...first, seq: index - 10_000, messageNo: index - 10_000, clientId: `old ${index}`, body: `old ${index}` }));
    await route.fulfill({ response, json: { ...page, messages: [...older, ...page.messages], hasMore: false } });
  });
  await ada.page.reload();
  await ada.sees("Who brings the cake?");
  assert.equal(await ada.fromEnd(), 0);
  const inPage = () => ada.messages.getByRole("article").count();
  assert.ok((await inPage()) < 100, `${await inPage()} messages are in the page`);
  await ada.history.evaluate((list) => list.scrollTo(0, list.scrollHeight / 2));
  await ada.messages.getByText(/^old [3-7]\d{3}$/).first().waitFor();
  assert.ok((await inPage()) < 100, `${await inPage()} messages are in the page`);

  await bot.say(chat, "said meanwhile");
  await bot.say(chat, "and this");
  await ada.page.getByRole("button", { name: "2 new messages" }).click();
  await ada.sees("and this");
  await ada.page.waitForFunction(() => document.querySelector("[role=region][aria-label='Message history']").scrollTop > 0);
  assert.ok((await ada.fromEnd()) <= 1);
  await ada.page.unroute(/\/messages\?/);
  await ada.page.reload();
  await ada.sees("and this");
});

test("the chosen theme stays", async () => {
  const background = () => ada.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  await ada.page.getByRole("button", { name: "Account" }).click();
  await ada.page.getByRole("menuitem", { name: "Settings" }).click();
  await ada.page.getByRole("radio", { name: "Dark" }).check();
  const dark = await background();
  assert.notEqual(dark, light);
  await ada.page.reload();
  await ada.page.getByRole("radio", { name: "Dark" }).waitFor();
  assert.equal(await background(), dark);
  assert.ok(await ada.page.getByRole("radio", { name: "Dark" }).isChecked());
  await ada.page.getByRole("radio", { name: "System" }).check();
  assert.equal(await background(), light);
});

test("one signs out elsewhere, one by one, everywhere, and by a new password", async () => {
  const elsewhere = async () => {
    const person = await Person.visit(browser, server.url, ada.username, ada.displayName);
    await person.page.goto("/sign-in");
    await person.signIn();
    return person;
  };
  const outOf = (person) => person.page.getByRole("button", { name: "Sign in" }).waitFor();
  const sessions = ada.page.getByRole("list", { name: "Where you are signed in" }).getByRole("listitem");
  let others = [await elsewhere(), await elsewhere()];
  await ada.page.reload();
  await sessions.nth(2).waitFor();
  await sessions.filter({ hasNotText: "This browser" }).first().getByRole("button").click();
  await sessions.nth(2).waitFor({ state: "detached" });
  await Promise.any(others.map(outOf));
  await ada.page.getByRole("button", { name: "Sign out everywhere else" }).click();
  await sessions.nth(1).waitFor({ state: "detached" });
  await Promise.all(others.map(outOf));

  others = [await elsewhere()];
  await ada.page.getByLabel("Current password", { exact: true }).fill("not the password");
  await ada.page.getByLabel("New password", { exact: true }).fill("another long pass phrase");
  await ada.page.getByRole("button", { name: "Change password" }).click();
  await ada.page.getByText("This is not your current password.").waitFor();
  await ada.page.getByLabel("Current password", { exact: true }).fill("a long enough pass phrase");
  await ada.page.getByRole("button", { name: "Change password" }).click();
  await ada.page.getByText("Password changed.").waitFor();
  await Promise.all(others.map(outOf));
  assert.deepEqual(ada.errors, []);
});
