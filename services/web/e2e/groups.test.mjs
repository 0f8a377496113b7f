// Groups with several people at once: rights that change while somebody looks, requests, invitations, roles, read-only
// states, what others do at the same time, and the search; by pointer, by keyboard alone, and on a phone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fits, isClean } from "./clean.mjs";
import { Person, startBrowser } from "./person.mjs";
import { Script } from "./script.mjs";
import { TestServer } from "./server.mjs";

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

let server;
let browser;
let ada;
let grace;
let bot;
let graceId;

before(async () => {
  server = await TestServer.create();
  browser = await startBrowser();
  ada = await member("ada", "Ada Lovelace");
  grace = await member("grace", "Grace Hopper");
  bot = await Script.signUp(server.url, server.name("bot"), "Release Bot");
  graceId = (await bot.call("GET", `/users?query=${grace.username}`)).users[0].id;
});

after(async () => {
  for (const person of [ada, grace]) assert.deepEqual(person?.errors ?? [], []);
  await browser?.close();
  await server?.remove();
});

const member = (word, name, options) => Person.signUp(browser, server.url, server.name(word), name, options);

async function menu({ page }, item) {
  await page.getByRole("button", { name: "Group menu" }).click();
  await page.getByRole("menuitem", { name: item, exact: true }).click();
}

async function settings(person, part) {
  await menu(person, "Group settings");
  const dialog = person.page.getByRole("dialog", { name: "Group settings" });
  await dialog.waitFor();
  if (part !== undefined) await dialog.getByRole("tab", { name: part }).click();
  return dialog;
}

/** By its button: Escape takes away the name of a button first that the pointer rests on. */
async function close({ page }) {
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
  await page.getByRole("dialog").waitFor({ state: "hidden" });
}

const idOf = (person) => new URL(person.page.url()).pathname.split("/").at(-1);

async function privateGroup(name) {
  await ada.begin("New group");
  await ada.page.getByLabel("Group name").fill(name);
  await ada.page.getByLabel("Topic").fill("Steam and iron");
  await ada.page.getByRole("radio", { name: /^Only who is let in/ }).check();
  await isClean(ada, "new group");
  await ada.page.getByRole("button", { name: "Create group" }).click();
  await ada.heading(name).waitFor();
  return idOf(ada);
}

test("a private group is asked for, and its admin lets one in while both look", async () => {
  const id = await privateGroup("Engine room");
  await ada.page.getByText("Steam and iron").waitFor();
  await grace.page.goto(`/c/${id}`);
  await grace.heading("This conversation is not here").waitFor();
  await isClean(grace, "not there");
  await grace.page.getByRole("button", { name: "Ask to join" }).click();
  await grace.page.getByText(/^You have asked to join/).waitFor();
  await ada.page.getByRole("button", { name: "1 person asks to join" }).click();
  const dialog = ada.page.getByRole("dialog", { name: "Group settings" });
  await dialog.getByRole("tab", { name: /^Requests/ }).click();
  await dialog.getByRole("button", { name: "Let in Grace Hopper" }).waitFor();
  await isClean(ada, "requests");
  await dialog.getByRole("button", { name: "Let in Grace Hopper" }).click();
  await dialog.getByText("Nobody asks to join.").waitFor();
  await close(ada);
  await grace.heading("Engine room").waitFor();
  await grace.say("thank you");
  await ada.sees("thank you");
});

test("whoever is taken out sees it at once", async () => {
  await menu(ada, "Members");
  const list = ada.page.getByRole("list", { name: "Members" });
  await list.getByRole("button", { name: "Actions for Grace Hopper" }).click();
  await ada.page.getByRole("menuitem", { name: "Remove from the group" }).waitFor();
  await isClean(ada, "members");
  await ada.page.getByRole("menuitem", { name: "Remove from the group" }).click();
  const question = ada.page.getByRole("dialog", { name: "Remove Grace Hopper?" });
  await question.waitFor();
  await isClean(ada, "remove");
  await question.getByRole("button", { name: "Remove", exact: true }).click();
  await grace.page.getByRole("heading", { level: 1, name: /You are no longer in this conversation$/ }).waitFor();
  await isClean(grace, "taken out");
  assert.equal(await grace.page.getByText("thank you").count(), 0);
  await close(ada);
  await bot.call("GET", "/me");
});

test("an invitation link lets one in, until it is revoked", async () => {
  const dialog = await settings(ada, "Invitations");
  await dialog.getByLabel("How often it can be used").selectOption("10 times");
  await dialog.getByRole("button", { name: "Create link" }).click();
  const link = await dialog.getByLabel("The link", { exact: true }).inputValue();
  await isClean(ada, "invitations");
  await grace.page.goto(link);
  await grace.page.getByRole("button", { name: "Join Engine room" }).waitFor();
  await isClean(grace, "invitation");
  await grace.page.getByRole("button", { name: "Join Engine room" }).click();
  await grace.heading("Engine room").waitFor();
  await dialog.getByRole("button", { name: /^Revoke the link/ }).click();
  await dialog.getByText("There are no links into this group.").waitFor();
  await close(ada);
  const late = await member("late", "Late Comer");
  await late.page.goto(link);
  await late.heading("This invitation does not work").waitFor();
  await isClean(late, "bad invitation");
  await late.page.context().close();
});

test("rights that change show in the composer's place, also after a break", async () => {
  const dialog = await settings(ada);
  await isClean(ada, "group settings");
  await dialog.getByRole("radio", { name: "Only admins" }).check();
  await dialog.getByRole("button", { name: "Save changes" }).click();
  await grace.page.getByText("Only admins write here. You read.").waitFor();
  await isClean(grace, "announcements");
  await dialog.getByRole("radio", { name: "All members" }).check();
  await dialog.getByRole("button", { name: "Save changes" }).click();
  await grace.box.waitFor();
  await grace.page.context().setOffline(true);
  await grace.reconnecting.waitFor();
  await dialog.getByRole("button", { name: "Archive the group" }).click();
  await ada.page.getByRole("dialog", { name: "Archive Engine room?" }).getByRole("button", { name: "Archive the group" }).click();
  await dialog.getByRole("button", { name: "Bring the group back" }).waitFor();
  await grace.page.context().setOffline(false);
  await grace.page.getByText(/^This group is archived/).waitFor();
  await isClean(grace, "archived");
  await dialog.getByRole("button", { name: "Bring the group back" }).click();
  await grace.box.waitFor();
  await close(ada);
});

test("slow mode counts down, but not for admins", async () => {
  const dialog = await settings(ada);
  await dialog.getByLabel("Slow mode").selectOption("1 minute");
  await dialog.getByRole("button", { name: "Save changes" }).click();
  await close(ada);
  await grace.page.getByText("Slow mode: 1 minute").waitFor();
  await grace.say("one thing");
  await grace.page.getByText(/^Slow mode\. You can write again in/).waitFor();
  await isClean(grace, "slow mode");
  await ada.say("and another");
  await ada.settles();
  assert.equal(await ada.page.getByText(/^Slow mode\. You can/).count(), 0);
});

test("roles change live, and the last owner hands over before leaving", async () => {
  await menu(ada, "Members");
  await ada.page.getByRole("button", { name: "Actions for Grace Hopper" }).click();
  await ada.page.getByRole("menuitem", { name: "Only let read" }).click();
  await grace.page.getByText(/^You may read here, but not write/).waitFor();
  await close(ada);
  await menu(ada, "Leave group");
  await ada.page.getByLabel("New owner").waitFor();
  await isClean(ada, "leave");
  await ada.page.getByLabel("New owner").selectOption({ label: "Grace Hopper (may read)" });
  // Her menu is open all the while, and then has what an owner may do.
  await grace.page.getByRole("button", { name: "Group menu" }).click();
  await grace.page.getByRole("menuitem", { name: "Members" }).waitFor();
  assert.equal(await grace.page.getByRole("menuitem", { name: "Group settings", exact: true }).count(), 0);
  await ada.page.getByRole("button", { name: "Hand over and leave" }).click();
  await ada.listed("Engine room").waitFor({ state: "detached" });
  await grace.page.getByRole("menuitem", { name: "Group settings", exact: true }).click();
  await close(grace);
});

test("in a large group anybody is found by name, to be named and among the members", async () => {
  const crowd = [];
  // More than a page of members, and she is the last.
  for (let n = 0; n < 52; n += 1) crowd.push(await Script.signUp(server.url, server.name(`crowd${n}`), `Crowd ${n}`));
  const zelda = await Script.signUp(server.url, server.name("zelda"), "Zelda Zuse");
  const adaId = (await bot.call("GET", `/users?query=${ada.username}`)).users[0].id;
  const memberIds = [adaId, ...[...crowd, zelda].map(({ user }) => user.id)];
  await bot.call("POST", "/conversations", { kind: "group", name: "Everybody", memberIds });
  await ada.listed("Everybody").click();
  await ada.heading("Everybody").waitFor();
  await ada.box.pressSequentially("good morning @zu");
  await ada.page.getByRole("option", { name: /Zelda Zuse/ }).waitFor();
  await ada.box.press("Enter");
  await ada.box.press("Enter");
  await ada.sees(`good morning @${zelda.user.username}`);
  await menu(ada, "Members");
  const dialog = ada.page.getByRole("dialog", { name: "Members" });
  assert.equal(await dialog.getByText("Zelda Zuse").count(), 0);
  await dialog.getByLabel("Search members").fill("zuse");
  await dialog.getByText("Zelda Zuse").waitFor();
  await dialog.getByText("Ada Lovelace").waitFor({ state: "detached" });
  await isClean(ada, "found member");
  await dialog.getByLabel("Search members").fill("nobody of this name");
  await dialog.getByText("No member is called “nobody of this name”.").waitFor();
  await close(ada);
});

test("who types is shown to the other, and gone with the message", async () => {
  const direct = await bot.direct(graceId);
  await bot.say(direct, "hello");
  await grace.listed("Release Bot").click();
  await ada.find(grace);
  await ada.say("are you there?");
  await grace.listed(/^Ada Lovelace/).waitFor();
  await ada.typesUntil(grace.listed(/^Ada Lovelace.*typing…/));
  await ada.box.press("Enter");
  await grace.listed(/^Ada Lovelace.*well/).waitFor();
});

test("a draft follows to another device", async () => {
  const tab = await grace.anotherTab();
  await tab.listed(/^Ada Lovelace/).waitFor();
  await grace.open("Ada Lovelace");
  await grace.box.fill("half a thought");
  await tab.listed(/^Ada Lovelace.*Draft: half a thought/).waitFor();
  await tab.page.close();
  await grace.box.fill("");
});

test("the search finds by keyboard alone and leads to the message", async () => {
  const { page } = ada;
  await page.getByRole("button", { name: "Search messages" }).press("Enter");
  await page.getByRole("combobox", { name: "Search messages" }).waitFor();
  await isClean(ada, "search, empty");
  await page.keyboard.type("there fr");
  await page.keyboard.press("ArrowDown");
  await page.getByRole("option", { selected: true }).waitFor();
  await isClean(ada, "search, completing");
  await page.keyboard.press("Enter");
  await page.keyboard.type(ada.username);
  await page.getByRole("option", { name: /Ada Lovelace/ }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  const hit = page.getByRole("list", { name: "Messages found" }).getByRole("link", { name: /are you there/ });
  await hit.waitFor();
  await isClean(ada, "search");
  await hit.press("Enter");
  await ada.heading("Grace Hopper").waitFor();
  await ada.sees("are you there?");
});

test("a phone shows every panel without scrolling sideways", async () => {
  const phone = await member("phone", "Phone Person", PHONE);
  const { page } = phone;
  await phone.createGroup(`Pocket of ${phone.username}`);
  await fits(phone, "group");
  await settings(phone);
  await fits(phone, "settings");
  await page.getByRole("tab", { name: "Invitations" }).click();
  await page.getByRole("button", { name: "Create link" }).waitFor();
  await fits(phone, "invitations");
  await close(phone);
  await menu(phone, "Members");
  await page.getByRole("list", { name: "Members" }).getByText("Phone Person").waitFor();
  await fits(phone, "members");
  await close(phone);
  await page.goto("/search?q=nothing-like-this");
  await page.getByRole("heading", { name: /^Nothing was found/ }).waitFor();
  await fits(phone, "search");
  await page.goto("/settings");
  await page.getByRole("button", { name: "Delete account…" }).click();
  await page.getByRole("dialog").waitFor();
  await fits(phone, "deleting the account");
  assert.deepEqual(phone.errors, []);
});
