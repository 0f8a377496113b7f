// Pictures of the client with a team in it.
//   npm run screenshot             writes screenshot.png, the one in the README
//   npm run screenshot -- FOLDER   writes every page there: light, dark, and phone size in both
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Person, startBrowser } from "./person.mjs";
import { painted } from "./painted.mjs";
import { fill, NOW, spread } from "./sample.mjs";
import { Script } from "./script.mjs";
import { TestServer } from "./server.mjs";

const DESKTOP = { viewport: { width: 1280, height: 800 } };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };
const folder = process.argv[2];

const server = await TestServer.create();
const browser = await startBrowser();
try {
  const ada = await Script.signUp(server.url, "ada", "Ada Lovelace");
  const { times } = await fill(server.url, ada);
  if (folder === undefined) await readmePicture(times);
  else await allPictures(times);
} finally {
  await browser.close();
  await server.remove();
}

async function context(options, colorScheme, times) {
  const made = await browser.newContext({ baseURL: server.url, colorScheme, locale: "en-GB", timezoneId: "UTC", reducedMotion: "reduce", ...options });
  await spread(made, times);
  await made.addInitScript(blinkless);
  const page = await made.newPage();
  await page.clock.setFixedTime(NOW);
  return page;
}

/** A blinking caret would make every picture another one. */
function blinkless() {
  document.addEventListener("DOMContentLoaded", () => {
    const style = new CSSStyleSheet();
    style.replaceSync("* { caret-color: transparent !important; }");
    document.adoptedStyleSheets.push(style);
  });
}

async function signedIn(options, colorScheme, times) {
  const page = await context(options, colorScheme, times);
  const person = new Person(page, "ada", "Ada Lovelace");
  await page.goto("/sign-in");
  await person.signIn();
  await person.listed("Launch week").waitFor();
  return person;
}

async function readmePicture(times) {
  const ada = await signedIn({ ...DESKTOP, deviceScaleFactor: 2 }, "light", times);
  await ada.open("Launch week");
  await ada.sees("Two is perfect. I bring the cake 🍰");
  await settled(ada.page);
  await ada.page.screenshot({ path: new URL("../screenshot.png", import.meta.url).pathname });
}

async function allPictures(times) {
  await mkdir(folder, { recursive: true });
  for (const scheme of ["light", "dark"]) {
    for (const [size, options] of [["desktop", DESKTOP], ["phone", PHONE]]) {
      const shot = async (page, name) => {
        await settled(page);
        await page.screenshot({ path: join(folder, `${name}-${size}-${scheme}.png`) });
      };
      await strangers(scheme, options, times, shot);
      await everyPage(await signedIn(options, scheme, times), shot, size === "phone");
    }
  }
}

/** Until everything is drawn that was laid out; two frames, and a little for what fades in. */
async function settled(page) {
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 250)))));
}

/** Closes what is open over the page, and waits until it is gone. */
async function escape(page) {
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.querySelector('[role="dialog"], [role="menu"]') === null);
}

/** The list follows a jump a frame later, and would take what it finds under the pointer along. */
async function press(target) {
  await target.scrollIntoViewIfNeeded();
  await settled(target.page());
  await target.click();
}

/** Nobody signed in, and somebody new. */
async function strangers(scheme, options, times, shot) {
  const page = await context(options, scheme, times);
  await page.goto("/");
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  await shot(page, "sign-in");
  await page.context().close();
  const zoe = await Person.signUp(browser, server.url, `zoe_${Math.random().toString(36).slice(2)}`, "Zoe Maier", { ...options, colorScheme: scheme });
  await shot(zoe.page, "empty");
  await zoe.page.context().close();
}

async function everyPage(ada, shot, phone) {
  const { page } = ada;
  await shot(page, "list");
  await ada.begin("New chat");
  await page.getByLabel("Find a person").fill("e");
  await page.getByRole("list", { name: "People" }).getByRole("button").first().waitFor();
  await shot(page, "find");
  await escape(page);
  await ada.begin("New group");
  await shot(page, "group");
  await escape(page);
  await ada.begin("Browse groups");
  await page.getByRole("list", { name: "Groups" }).getByRole("button").first().waitFor();
  await shot(page, "browse");
  await escape(page);
  await ada.open("Launch week");
  await ada.sees("Two is perfect. I bring the cake 🍰");
  await shot(page, "conversation");
  await ada.history.evaluate((list) => list.scrollTo(0, list.scrollHeight * 0.3));
  await shot(page, "history");
  await ada.history.evaluate((list) => list.scrollTo(0, list.scrollHeight));
  await ada.sees("Two is perfect. I bring the cake 🍰");
  await aMessage(ada, shot);
  await page.getByRole("button", { name: "Group menu" }).click();
  await shot(page, "group-menu");
  await page.getByRole("menuitem", { name: "Members" }).click();
  await page.getByRole("list", { name: "Members" }).getByText("Hedy Lamarr").waitFor();
  await shot(page, "members");
  await page.getByRole("button", { name: "Actions for Hedy Lamarr" }).click();
  await shot(page, "member-menu");
  await page.keyboard.press("Escape");
  await page.getByRole("menu").waitFor({ state: "detached" });
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
  await page.getByRole("button", { name: "Group menu" }).click();
  await page.getByRole("menuitem", { name: "Mute…" }).click();
  await shot(page, "mute");
  await escape(page);
  await page.getByRole("button", { name: "Group menu" }).click();
  await page.getByRole("menuitem", { name: "Leave group" }).click();
  await shot(page, "leave");
  await escape(page);
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill("l");
  await page.getByRole("option", { name: /Launch week/ }).waitFor();
  await shot(page, "switcher");
  await escape(page);
  await page.keyboard.press("Control+/");
  await shot(page, "help");
  await escape(page);
  await failures(ada, shot);
  if (phone) await page.getByRole("link", { name: "Back to the list" }).click();
  await management(ada, shot);
  await found(ada, shot);
  await page.goto("/");
  await page.getByRole("button", { name: "Account" }).click();
  await shot(page, "menu");
  await page.getByRole("menuitem", { name: "Settings" }).click();
  await page.getByRole("heading", { name: "Settings" }).waitFor();
  await shot(page, "settings");
  for (const part of ["Language", "Password"]) {
    await page.getByRole("heading", { name: part }).first().scrollIntoViewIfNeeded();
    await shot(page, `settings-${part.toLowerCase()}`);
  }
}

/** All that opens from a message, and beside the field. */
async function aMessage(ada, shot) {
  const { page } = ada;
  const item = (text) => ada.messages.getByRole("article", { name: text }).last();
  const dialogOf = async (text, entry, name) => {
    await item(text).click({ button: "right" });
    await page.getByRole("menuitem", { name: entry, exact: true }).click();
    await page.getByRole("dialog").or(page.getByRole("textbox", { name: "Edit message" })).first().waitFor();
    await shot(page, name);
    await escape(page);
  };
  await item(/That is the one/).hover();
  await shot(page, "message-tools");
  await item(/That is the one/).click({ button: "right" });
  await shot(page, "message-menu");
  await escape(page);
  await dialogOf(/That is the one/, "Edit", "edit");
  await dialogOf(/That is the one/, "Forward", "forward");
  await dialogOf(/That is the one/, "Delete", "delete");
  await item(/That is the one/).hover();
  await item(/That is the one/).getByRole("button", { name: "React" }).first().click();
  await shot(page, "react");
  await escape(page);
  await page.getByRole("button", { name: "Pick an emoji" }).first().click();
  await shot(page, "emoji");
  await escape(page);
  await press(item(/The very last/).getByRole("button", { name: /^Edited/ }));
  await page.getByRole("dialog").waitFor();
  await shot(page, "edits");
  await escape(page);
  await page.getByRole("button", { name: "Pinned messages" }).click();
  await page.getByRole("dialog").waitFor();
  await shot(page, "pins");
  await escape(page);
  await press(page.getByRole("button", { name: "Show announcement.png" }));
  await page.getByRole("dialog").getByRole("img").waitFor();
  await shot(page, "image");
  await escape(page);
  await press(page.getByRole("button", { name: /^Open the thread: 2 replies/ }));
  await page.getByRole("list", { name: "Replies" }).getByText("Announcement at ten").waitFor();
  await shot(page, "thread");
  await page.getByRole("button", { name: "Close the thread" }).click();
  await page.getByLabel("Attach files").last().setInputFiles([
    { name: "plan.txt", mimeType: "text/plain", buffer: Buffer.from("plan") },
    { name: "hills.png", mimeType: "image/png", buffer: painted(300, 200, 0.3) },
  ]);
  await ada.box.fill("**Look** at these, @gr");
  await page.getByRole("listbox", { name: "Suggestions" }).getByRole("option").first().waitFor();
  await shot(page, "composer");
  await escape(page);
  await ada.box.fill("");
  for (const name of ["plan.txt", "hills.png"]) await page.getByRole("button", { name: `Remove ${name}` }).click();
}

/** A private group, as its owner has it. */
async function management(ada, shot) {
  const { page } = ada;
  await ada.open("Surprise party");
  await page.getByRole("button", { name: "Group menu" }).click();
  await page.getByRole("menuitem", { name: "Group settings" }).click();
  const dialog = page.getByRole("dialog", { name: "Group settings" });
  await dialog.getByLabel("Group name").waitFor();
  await shot(page, "group-settings");
  for (const tab of ["Requests", "Invitations", "Banned"]) {
    await dialog.getByRole("tab", { name: tab }).click();
    await shot(page, `group-${tab.toLowerCase()}`);
  }
  await dialog.getByRole("button", { name: "Close" }).click();
}

/** What was said, found again. */
async function found(ada, shot) {
  const { page } = ada;
  await page.goto("/search");
  await page.getByRole("combobox", { name: "Search messages" }).fill("the");
  await page.keyboard.press("Enter");
  await page.getByRole("list", { name: "Messages found" }).getByRole("link").first().waitFor();
  await shot(page, "search");
  await page.goto("/c/00000000-0000-7000-8000-000000000000");
  await page.getByRole("heading", { level: 1, name: /not here$/ }).waitFor();
  await shot(page, "not-here");
}

/** What can go wrong: no answer, and a message that is refused. */
async function failures(ada, shot) {
  const { page } = ada;
  await page.route(/\/messages$/, (route) =>
    route.fulfill({ status: 403, contentType: "application/problem+json", json: { code: "forbidden", detail: "the group is archived" } }),
  );
  await ada.say("Can somebody pick up the cake with me?");
  await page.getByRole("button", { name: "Edit", exact: true }).waitFor();
  await shot(page, "refused");
  await page.getByRole("button", { name: "Discard" }).click();
  await shot(page, "toast");
  await page.unroute(/\/messages$/);
}
