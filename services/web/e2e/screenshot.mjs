// Pictures of the client with a team in it.
//   npm run screenshot             writes screenshot.png, the one in the README
//   npm run screenshot -- FOLDER   writes every page there: light, dark, and phone size in both
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Person, startBrowser } from "./person.mjs";
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
  await page.keyboard.press("Escape");
  await ada.begin("New group");
  await shot(page, "group");
  await page.keyboard.press("Escape");
  await ada.begin("Browse groups");
  await page.getByRole("list", { name: "Groups" }).getByRole("button").first().waitFor();
  await shot(page, "browse");
  await page.keyboard.press("Escape");
  await ada.open("Launch week");
  await ada.sees("Two is perfect. I bring the cake 🍰");
  await shot(page, "conversation");
  await ada.history.evaluate((list) => list.scrollTo(0, list.scrollHeight * 0.3));
  await shot(page, "history");
  await page.getByRole("button", { name: "Group menu" }).click();
  await page.getByRole("menuitem", { name: "Members" }).click();
  await page.getByRole("list", { name: "Members" }).getByText("Hedy Lamarr").waitFor();
  await shot(page, "members");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill("l");
  await page.getByRole("option", { name: /Launch week/ }).waitFor();
  await shot(page, "switcher");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+/");
  await shot(page, "help");
  await page.keyboard.press("Escape");
  await failures(ada, shot);
  if (phone) await page.getByRole("link", { name: "Back to the list" }).click();
  await page.getByRole("button", { name: "Account" }).click();
  await shot(page, "menu");
  await page.getByRole("menuitem", { name: "Settings" }).click();
  await page.getByRole("heading", { name: "Settings" }).waitFor();
  await shot(page, "settings");
}

/** What can go wrong: no answer, and a message that is refused. */
async function failures(ada, shot) {
  const { page } = ada;
  await page.route(/\/messages$/, (route) =>
    route.fulfill({ status: 403, contentType: "application/problem+json", json: { code: "forbidden", detail: "the group is archived" } }),
  );
  await ada.say("Can somebody pick up the cake with me?");
  await page.getByRole("button", { name: "Edit" }).waitFor();
  await shot(page, "refused");
  await page.getByRole("button", { name: "Discard" }).click();
  await shot(page, "toast");
  await page.unroute(/\/messages$/);
}
