// Who looks at what, with three people at once: mentions, the line above what is new, read marks over devices, how far
// a message got, who is there, and what becomes of whoever is shut out while the line is down.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isClean } from "./clean.mjs";
import { Person, startBrowser } from "./person.mjs";
import { TestServer } from "./server.mjs";

let server;
let browser;
let ada;
let grace;
let kay;
let club;

before(async () => {
  server = await TestServer.create();
  browser = await startBrowser();
  club = server.name("Garden club");
  [ada, grace, kay] = await Promise.all([
    Person.signUp(browser, server.url, server.name("ada"), "Ada Lovelace"),
    Person.signUp(browser, server.url, server.name("grace"), "Grace Hopper"),
    Person.signUp(browser, server.url, server.name("kay"), "Kay McNulty"),
  ]);
  await ada.createGroup(club);
  await grace.browseAndJoin(club);
  await kay.browseAndJoin(club);
});

after(async () => {
  for (const person of [ada, grace, kay]) assert.deepEqual(person?.errors ?? [], []);
  await browser?.close();
  await server?.remove();
});

const item = (person, text) => person.messages.getByRole("article", { name: text }).last();

test("a name that is begun is completed, and whoever is mentioned is told apart from who is not", async () => {
  await grace.page.goto("/");
  await kay.page.goto("/");
  await kay.listed(club).waitFor();
  await grace.isTitled("Confab");
  await ada.box.pressSequentially(`Who waters them, @${grace.username.slice(0, 3)}`);
  await ada.page.getByRole("listbox", { name: "Suggestions" }).getByRole("option", { name: /Grace Hopper/ }).waitFor();
  await isClean(ada, "suggestions of names");
  await ada.page.keyboard.press("Enter");
  await ada.page.keyboard.type("?");
  await ada.page.keyboard.press("Enter");
  await grace.listed(new RegExp(`${club}.*1 mention of you.*1 unread`)).waitFor();
  await grace.isTitled("(1) Confab");
  await kay.listed(new RegExp(`${club}.*1 unread`)).waitFor();
  assert.equal(await kay.page.getByText("mention of you").count(), 0);
  await isClean(grace, "a mention in the list");
  await ada.say("And @everyone brings a can");
  await kay.listed(new RegExp(`${club}.*1 mention of you.*2 unread`)).waitFor();
  // Everybody is named by admins only.
  await kay.open(club);
  await kay.say("@everyone may sleep");
  await ada.sees("@everyone may sleep");
  await grace.listed(new RegExp(`${club}.*2 mentions of you.*3 unread`)).waitFor();
});

test("what is new stands below a line, and what was read here is read on another device, too", async () => {
  const tab = await grace.anotherTab();
  await tab.listed(/3 unread/).waitFor();
  await grace.page.bringToFront();
  await grace.open(club);
  await grace.history.getByText("New", { exact: true }).waitFor();
  await item(grace, /brings a can/).getByText("Mentions you").waitFor();
  await isClean(grace, "mentions");
  await tab.listed(/3 unread/).waitFor({ state: "hidden" });
  await tab.isTitled("Confab");
  await tab.page.close();
});

test("a message is on its way, sent, and read by one after the other", async () => {
  await grace.page.goto("/");
  await kay.page.goto("/");
  await ada.page.context().setOffline(true);
  await ada.reconnecting.waitFor();
  await ada.say("Tomatoes or beans?");
  await item(ada, /Tomatoes/).getByText("Sending…").waitFor();
  await isClean(ada, "on its way, without a line");
  await ada.page.context().setOffline(false);
  await item(ada, /Tomatoes/).getByText("Sent", { exact: true }).waitFor();
  await grace.open(club);
  await item(ada, /Tomatoes/).getByText("Read by 1").waitFor();
  await kay.open(club);
  const both = item(ada, /Tomatoes/).getByText("Read by 2");
  await both.waitFor();
  assert.match(await both.getAttribute("title"), /Grace Hopper/);
  assert.match(await both.getAttribute("title"), /Kay McNulty/);
});

test("one sees who is there, and since when somebody is not", async () => {
  await ada.find(kay);
  await ada.say("Are you there?");
  const header = ada.page.getByRole("banner").or(ada.page.locator("header")).filter({ has: ada.heading("Kay McNulty") });
  await header.getByText(/Online/).waitFor();
  const { page } = kay;
  const url = page.url();
  await page.goto("about:blank");
  await header.getByText(/Last seen/).waitFor();
  await isClean(ada, "last seen");
  await page.goto(url);
  await header.getByText(/Online/).waitFor();
});

test("whoever is banned while away finds out on coming back, and may be let in again", async () => {
  const { page } = ada;
  await kay.open(club);
  await kay.page.context().setOffline(true);
  await kay.reconnecting.waitFor();
  await ada.open(club);
  await page.getByRole("button", { name: "Group menu" }).click();
  await page.getByRole("menuitem", { name: "Members" }).click();
  await page.getByRole("button", { name: "Actions for Kay McNulty" }).click();
  await page.getByRole("menuitem", { name: "Ban from the group" }).click();
  const question = page.getByRole("dialog", { name: "Ban Kay McNulty?" });
  await question.waitFor();
  await isClean(ada, "ban");
  await question.getByRole("button", { name: "Ban", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
  await ada.say("Not for Kay");
  await kay.page.context().setOffline(false);
  await kay.page.getByRole("heading", { level: 1, name: /not here$|no longer in this conversation$/ }).waitFor();
  await kay.listed(club).waitFor({ state: "detached" });
  assert.equal(await kay.page.getByText("Not for Kay").count(), 0);

  await page.getByRole("button", { name: "Group menu" }).click();
  await page.getByRole("menuitem", { name: "Group settings" }).click();
  const dialog = page.getByRole("dialog", { name: "Group settings" });
  await dialog.getByRole("tab", { name: "Banned" }).click();
  await dialog.getByRole("list", { name: "Banned" }).getByText("Kay McNulty").waitFor();
  await isClean(ada, "banned");
  await dialog.getByRole("button", { name: "Lift the ban of Kay McNulty" }).click();
  await dialog.getByText("Nobody is banned.").waitFor();
  await dialog.getByRole("button", { name: "Close" }).click();
  await page.getByRole("button", { name: "Group menu" }).click();
  await page.getByRole("menuitem", { name: "Members" }).click();
  await page.getByRole("button", { name: "Add people" }).click();
  await page.getByLabel("Find somebody to add").fill(kay.username);
  await page.getByRole("button", { name: "Add Kay McNulty" }).waitFor();
  await isClean(ada, "add people");
  await page.getByRole("button", { name: "Add Kay McNulty" }).click();
  await kay.heading(club).waitFor();
  await kay.sees("Not for Kay");
});
