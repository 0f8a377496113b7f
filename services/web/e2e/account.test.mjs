// Oneself, and what one finds again: profile, language, the search and its way to a message far up, the end of an
// account; each seen by somebody else at the same time.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isClean } from "./clean.mjs";
import { Person, startBrowser } from "./person.mjs";
import { Script } from "./script.mjs";
import { TestServer } from "./server.mjs";

const PASSWORD = "a long enough pass phrase";

let server;
let browser;
let ada;
let grace;

before(async () => {
  server = await TestServer.create();
  browser = await startBrowser();
  [ada, grace] = await Promise.all([
    Person.signUp(browser, server.url, server.name("ada"), "Ada Lovelace"),
    Person.signUp(browser, server.url, server.name("grace"), "Grace Hopper"),
  ]);
  await ada.find(grace);
  await ada.say("Good morning");
  await grace.open("Ada Lovelace");
  await grace.sees("Good morning");
});

after(async () => {
  for (const person of [ada, grace]) assert.deepEqual(person?.errors ?? [], []);
  await browser?.close();
  await server?.remove();
});

test("another name and a few words about oneself are there for others", async () => {
  const { page } = ada;
  await page.goto("/settings");
  await page.getByLabel("Display name").fill("Ada King");
  await page.getByLabel("Status").fill("Counting cards");
  await isClean(ada, "settings");
  await page.getByRole("button", { name: "Save profile" }).click();
  await page.getByText("Your profile was changed.").waitFor();
  await grace.page.reload();
  await grace.heading("Ada King").waitFor();
  await grace.listed(/^Ada King/).waitFor();
});

test("a picture of oneself is seen by others at once, until it is taken away", async () => {
  const { page } = ada;
  const pictures = grace.page.locator(`nav img[src*="/avatar?file="], header img[src*="/avatar?file="]`);
  assert.equal(await pictures.count(), 0);
  await page.goto("/settings");
  await page.getByLabel("Picture", { exact: true }).setInputFiles({ name: "me.png", mimeType: "image/png", buffer: Buffer.from("no image at all") });
  await page.getByRole("alert").filter({ hasText: "Choose a PNG" }).waitFor();
  await isClean(ada, "settings with a problem of the picture");
  await page.getByLabel("Picture", { exact: true }).setInputFiles({ name: "me.png", mimeType: "image/png", buffer: await picture(page) });
  await page.getByText("Your picture was changed.").waitFor();
  await page.getByRole("alert").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Remove the picture" }).waitFor();
  // In the list and above the conversation, without a reload; and it is a picture.
  await pictures.nth(1).waitFor();
  await grace.page.waitForFunction(() => [...document.querySelectorAll('img[src*="/avatar?file="]')].every((image) => image.naturalWidth === 480));
  await isClean(ada, "settings with a picture");
  await page.getByRole("button", { name: "Remove the picture" }).click();
  await page.getByText("Your picture is gone.").waitFor();
  await pictures.first().waitFor({ state: "detached" });
});

/** A picture that is larger than is shown anywhere. */
async function picture(page) {
  const url = await page.evaluate(() => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 600, height: 600 });
    const pen = canvas.getContext("2d");
    pen.fillStyle = "teal";
    pen.fillRect(0, 0, 600, 600);
    return canvas.toDataURL("image/png");
  });
  return Buffer.from(url.split(",")[1], "base64");
}

test("the language is chosen, stays, and every page speaks it", async () => {
  const { page } = ada;
  await page.getByRole("radio", { name: "Deutsch" }).check();
  await page.getByRole("heading", { level: 1, name: "Einstellungen" }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), "de");
  await isClean(ada, "settings in German");
  await page.reload();
  await page.getByRole("heading", { level: 1, name: "Einstellungen" }).waitFor();
  await page.getByRole("link", { name: /^Grace Hopper/ }).click();
  await page.getByRole("textbox", { name: "Nachricht", exact: true }).fill("Guten Morgen");
  await page.keyboard.press("Enter");
  await grace.sees("Guten Morgen");
  await isClean(ada, "conversation in German");
  await page.goto("/settings");
  await page.getByRole("radio", { name: "English" }).check();
  await page.getByRole("heading", { level: 1, name: "Settings" }).waitFor();
});

test("a message far up and a reply in a thread are found, and the search leads to them", async () => {
  const bot = await Script.signUp(server.url, server.name("bot"), "Log Bot");
  const chat = await bot.group(server.name("Log book"));
  await grace.page.goto(`/c/${chat}`);
  await grace.page.getByRole("button", { name: /^Join/ }).click();
  await grace.box.waitFor();
  await bot.say(chat, "the quokka was seen at the north gate");
  for (let day = 1; day <= 120; day += 1) await bot.say(chat, `day ${day}`);
  const { messages } = await bot.call("GET", `/conversations/${chat}/messages?limit=1`);
  await bot.call("POST", `/conversations/${chat}/messages`, { body: "no numbat today", threadSeq: messages[0].seq });
  const { page } = grace;
  async function find(words) {
    await page.goto("/search");
    await page.getByRole("combobox", { name: "Search messages" }).fill(words);
    const hit = page.getByRole("list", { name: "Messages found" }).getByRole("link", { name: /Log Bot/ });
    const nothing = page.getByRole("heading", { name: /^Nothing was found/ });
    // The index is filled behind the log.
    for (const end = Date.now() + 30_000; Date.now() < end; await page.reload()) {
      await hit.or(nothing).waitFor();
      if ((await hit.count()) > 0) break;
    }
    return hit;
  }
  const hit = await find("quokka gate");
  assert.deepEqual(await hit.locator("mark").allTextContents(), ["quokka", "gate"]);
  await hit.click();
  await grace.sees("the quokka was seen at the north gate");
  await page.waitForFunction(() => /quokka/.test(document.activeElement.getAttribute("aria-label") ?? ""));
  assert.equal(await grace.messages.getByText("day 120", { exact: true }).count(), 0);
  await (await find("numbat")).click();
  await page.getByRole("complementary", { name: "Thread" }).getByRole("list", { name: "Replies" }).getByText("no numbat today", { exact: true }).waitFor();

  // Whoever is taken out finds nothing any more.
  await bot.call("PATCH", `/conversations/${chat}`, { visibility: "private" });
  const { users } = await bot.call("GET", `/users?query=${grace.username}`);
  await bot.call("DELETE", `/conversations/${chat}/members/${users[0].id}`);
  await page.getByRole("heading", { level: 1, name: /no longer in this conversation$/ }).waitFor();
  await page.goto("/search?q=quokka");
  await page.getByRole("heading", { name: /^Nothing was found/ }).waitFor();
});

async function deleteAccount(person, what) {
  const { page } = person;
  await page.goto("/settings");
  await page.getByRole("button", { name: "Delete account…" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete your account?" });
  await dialog.getByLabel("Your password").fill("not the password");
  await dialog.getByRole("button", { name: "Delete my account for good" }).click();
  await dialog.getByText("This is not your password.").waitFor();
  await isClean(person, "deleting the account");
  await dialog.getByRole("radio", { name: what }).check();
  await dialog.getByLabel("Your password").fill(PASSWORD);
  await dialog.getByRole("button", { name: "Delete my account for good" }).click();
  await page.getByRole("button", { name: "Sign in" }).waitFor();
}

test("an account ends: its messages stay without a name, or go, and nobody signs in with it again", async () => {
  const kay = await Person.signUp(browser, server.url, server.name("kay"), "Kay McNulty");
  await kay.find(grace);
  await kay.say("I take all of it with me");
  await grace.listed(/^Kay McNulty/).waitFor();
  await grace.open("Kay McNulty");
  await grace.sees("I take all of it with me");
  await deleteAccount(kay, "They go, everywhere");
  await grace.messages.getByText("Message deleted").waitFor();
  assert.equal(await grace.page.getByText("I take all of it with me").count(), 0);

  await grace.open("Ada King");
  await deleteAccount(ada, "They stay, as those of a deleted user");
  await grace.page.reload();
  await grace.heading("Deleted user").waitFor();
  await grace.sees("Good morning");
  await ada.page.getByLabel("Username").fill(ada.username);
  await ada.page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await ada.page.getByRole("button", { name: "Sign in" }).click();
  await ada.page.getByText(/Username and password do not match/).waitFor();
  await isClean(ada, "refused to sign in");
});
