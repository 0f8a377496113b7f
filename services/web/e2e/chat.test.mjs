// Two people, two browsers, one server that is killed in the middle.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Person, startBrowser } from "./person.mjs";
import { TestServer } from "./server.mjs";

let server;
let browser;
let ada;
let grace;
let club;

before(async () => {
  server = await TestServer.create();
  browser = await startBrowser();
  club = server.name("Compiler club");
});

after(async () => {
  await browser?.close();
  await server?.remove();
});

test("two people sign up, find each other and chat both ways live", async () => {
  ada = await Person.signUp(browser, server.url, server.name("ada"), "Ada Lovelace");
  grace = await Person.signUp(browser, server.url, server.name("grace"), "Grace Hopper");
  await ada.find(grace);
  await ada.say("Hello Grace");
  await ada.sees("Hello Grace");

  await grace.listed(/Ada Lovelace.*Hello Grace.*1 unread/).waitFor();
  await grace.open("Ada Lovelace");
  await grace.sees("Hello Grace");
  await grace.say("Hello Ada");
  await ada.sees("Hello Ada");
  for (const [person, text] of [[ada, "one"], [grace, "two"], [ada, "three"]]) {
    await person.say(text);
    await ada.sees(text);
    await grace.sees(text);
  }
  await ada.settles();
  const expected = ["Hello Grace", "Hello Ada", "one", "two", "three"];
  assert.deepEqual(await ada.texts(), expected);
  assert.deepEqual(await grace.texts(), expected);
});

test("one creates a group, the other browses and joins", async () => {
  await ada.createGroup(club);
  await ada.say("Welcome");
  await ada.sees("Welcome");
  await grace.browseAndJoin(club);
  await grace.sees("Welcome");
  await grace.say("Glad to be here");
  await ada.sees("Glad to be here");

  await grace.open("Ada Lovelace");
  await ada.say("Are you there?");
  await grace.listed(/^Compiler club.*Ada Lovelace: Are you there\?.*1 unread/).waitFor();
});

test("a reload shows the same conversation", async () => {
  await grace.page.reload();
  await grace.heading("Ada Lovelace").waitFor();
  await grace.sees("three");
  assert.deepEqual(await grace.texts(), ["Hello Grace", "Hello Ada", "one", "two", "three"]);
  await ada.open("Grace Hopper");
});

test("a killed server comes back with everything, and both chat on without a reload", async (t) => {
  if (!server.own) return t.skip("the server is not ours to kill");
  await server.kill();
  await ada.reconnecting.waitFor();
  await grace.reconnecting.waitFor();
  await ada.say("written while the server was away");
  await server.start();
  await ada.reconnecting.waitFor({ state: "hidden" });
  await grace.reconnecting.waitFor({ state: "hidden" });
  await grace.sees("written while the server was away");
  await grace.say("still here");
  await ada.sees("still here");
  await ada.settles();
  const expected = ["Hello Grace", "Hello Ada", "one", "two", "three", "written while the server was away", "still here"];
  assert.deepEqual(await ada.texts(), expected);
  assert.deepEqual(await grace.texts(), expected);
});

test("older messages come on scrolling up, and the scroll place is kept", async () => {
  await ada.open(club);
  await grace.open(club);
  await grace.settles();
  const lines = Array.from({ length: 60 }, (_, index) => `line ${index + 1}`);
  for (const line of lines) await ada.say(line);
  await grace.sees("line 60");
  await grace.page.reload();
  await grace.sees("line 60");
  // The page of older messages is held back until it is known where a message stands on the screen.
  let letPass;
  const held = new Promise((resolve) => (letPass = resolve));
  await grace.page.route(/\/messages\?.*before=/, async (route) => {
    await held;
    await route.continue();
  });
  await grace.scrollUpTo("line 15");
  const place = async () => (await grace.messages.getByText("line 15", { exact: true }).boundingBox()).y;
  const before = await place();
  letPass();
  await grace.history.getByText("This is where it began.").waitFor({ state: "attached" });
  await grace.isDrawn(); // what is laid out anew is measured and put right before it is painted
  const moved = Math.abs((await place()) - before);
  assert.ok(moved < 2, `the messages on the screen moved by ${moved} pixels`);
  assert.deepEqual(await grace.texts(), ["Welcome", "Glad to be here", "Are you there?", ...lines]);
});

test("one leaves the group, signs out and in again", async () => {
  await grace.page.getByRole("button", { name: "Group menu" }).click();
  await grace.page.getByRole("menuitem", { name: "Leave group" }).click();
  await grace.page.getByRole("dialog").getByRole("button", { name: "Leave group" }).click();
  await grace.listed(club).waitFor({ state: "hidden" });
  await grace.signOut();
  await grace.signIn();
  await grace.open("Ada Lovelace");
  await grace.sees("three");
  await ada.open("Grace Hopper");
  await grace.say("back again");
  await ada.sees("back again");
  assert.deepEqual([...ada.errors, ...grace.errors], []);
});
