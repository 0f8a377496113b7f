// A person with a browser of their own, who finds everything by what is written on it.
//
// CONFAB_TRANSPORT=polling lets every websocket of the browser fail, so that the client falls back to polling;
// CONFAB_TRANSPORT=websocket breaks polling, so that nothing hides behind it. Without it the client is free.
import { chromium } from "playwright-core";

/** Only a net: everything is waited for by what is to be seen. */
const PATIENCE_MILLIS = 30_000;
/** Only a net, too: for what takes many steps. */
const LONG_MILLIS = 120_000;
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const TRANSPORT = process.env.CONFAB_TRANSPORT;
if (![undefined, "", "websocket", "polling"].includes(TRANSPORT)) throw new Error(`CONFAB_TRANSPORT is websocket or polling, not ${TRANSPORT}`);

function beginsWith(words) {
  return new RegExp(`^${words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`);
}

export function startBrowser() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
}

/** As behind a proxy that does not let them through. */
function refuseWebSockets() {
  window.WebSocket = class {
    constructor() {
      setTimeout(() => {
        this.onerror?.(new Event("error"));
        this.onclose?.(new CloseEvent("close", { code: 1006 }));
      });
    }
    send() {}
    close() {}
  };
}

export class Person {
  constructor(page, username, displayName) {
    this.page = page;
    this.username = username;
    this.displayName = displayName;
    this.errors = [];
    page.setDefaultTimeout(PATIENCE_MILLIS);
    page.on("pageerror", (error) => this.errors.push(String(error)));
    page.on("console", (message) => {
      if (message.text().includes("Content Security Policy")) this.errors.push(message.text());
    });
  }

  /** Nobody yet: only a browser. */
  static async visit(browser, url, username, displayName, options = {}) {
    const context = await browser.newContext({ baseURL: url, ...options });
    if (TRANSPORT === "polling") await context.addInitScript(refuseWebSockets);
    if (TRANSPORT === "websocket") await context.route(/\/socket\.io\/.*transport=polling/, (route) => route.abort());
    return new Person(await context.newPage(), username, displayName);
  }

  static async signUp(browser, url, username, displayName, options = {}) {
    const person = await Person.visit(browser, url, username, displayName, options);
    await person.page.goto("/");
    await person.fillSignUp();
    return person;
  }

  /** From the page on which one signs in. */
  async fillSignUp() {
    await this.page.getByRole("link", { name: "Create an account" }).click();
    await this.page.getByLabel("Username").fill(this.username);
    await this.page.getByLabel("Display name").fill(this.displayName);
    await this.page.getByLabel("Password", { exact: true }).fill("a long enough pass phrase");
    await this.page.getByRole("button", { name: "Create account" }).click();
    await this.page.getByRole("navigation", { name: "Conversations" }).waitFor();
  }

  async signOut() {
    await this.page.getByRole("button", { name: "Account" }).click();
    await this.page.getByRole("menuitem", { name: "Sign out" }).click();
    await this.page.getByRole("button", { name: "Sign in" }).waitFor();
  }

  async signIn() {
    await this.page.getByLabel("Username").fill(this.username);
    await this.page.getByLabel("Password", { exact: true }).fill("a long enough pass phrase");
    await this.page.getByRole("button", { name: "Sign in" }).click();
    await this.page.getByRole("navigation", { name: "Conversations" }).waitFor();
  }

  /** By the buttons above the list; an empty page offers the same once more. */
  async begin(what) {
    await this.page.getByRole("button", { name: what, exact: true }).first().click();
  }

  async find(other) {
    await this.begin("New chat");
    await this.page.getByLabel("Find a person").fill(other.username);
    await this.page.getByRole("list", { name: "People" }).getByRole("button", { name: other.displayName }).click();
    await this.heading(other.displayName).waitFor();
  }

  async createGroup(name) {
    await this.begin("New group");
    await this.page.getByLabel("Group name").fill(name);
    await this.page.getByRole("button", { name: "Create group" }).click();
    await this.heading(name).waitFor();
  }

  async browseAndJoin(name) {
    await this.begin("Browse groups");
    await this.page.getByRole("button", { name: `Join ${name}` }).click();
    await this.heading(name).waitFor();
  }

  async open(title) {
    await this.listed(beginsWith(title)).click(); // whoever wrote last is named in the list, too
    await this.heading(title).waitFor();
  }

  async say(text) {
    await this.box.fill(text);
    await this.page.keyboard.press("Enter");
  }

  /** Goes on typing, as one does, until that is to be seen. */
  async typesUntil(seen) {
    let over = false;
    const wait = seen.waitFor().finally(() => (over = true));
    while (!over) await this.box.pressSequentially("well ", { delay: 100 });
    await wait;
  }

  /** The same person in another tab of the same browser. */
  async anotherTab() {
    const tab = new Person(await this.page.context().newPage(), this.username, this.displayName);
    await tab.page.goto(this.page.url());
    return tab;
  }

  get box() {
    return this.page.getByRole("textbox", { name: "Message", exact: true });
  }

  get history() {
    return this.page.getByRole("region", { name: "Message history" });
  }

  /** Until the element of this label has the focus. */
  async hasFocus(label) {
    await this.page.waitForFunction((wanted) => document.activeElement.getAttribute("aria-label") === wanted, label);
  }

  async isTitled(title) {
    await this.page.waitForFunction((wanted) => document.title === wanted, title);
  }

  /** How many pixels of the messages are below what is to be seen. */
  fromEnd() {
    return this.history.evaluate((list) => Math.round(list.scrollHeight - list.scrollTop - list.clientHeight));
  }

  /** Scrolls up until the first message is there. */
  async readAll() {
    await this.page.bringToFront(); // a tab in the background is hardly ever drawn
    const start = this.history.getByText("This is where it began.");
    for (const check = this.#net("the first message"); (await start.count()) === 0; check()) {
      await this.history.evaluate((list) => list.scrollTo(0, 0));
      await this.isDrawn();
    }
  }

  async isDrawn() {
    await this.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  }

  /** Scrolls up until that message is on the screen. */
  async scrollUpTo(text) {
    await this.page.bringToFront();
    const message = this.messages.getByText(text, { exact: true });
    for (const check = this.#net(`"${text}" above`); (await message.count()) === 0; check()) {
      await this.history.evaluate((list) => list.scrollBy(0, -list.clientHeight / 3));
      await this.isDrawn();
    }
    await message.scrollIntoViewIfNeeded();
    await this.isDrawn(); // rows that came up by such a leap are measured only now
    await this.isDrawn();
  }

  heading(title) {
    return this.page.getByRole("heading", { level: 1, name: title, exact: true });
  }

  listed(title) {
    return this.page.getByRole("navigation", { name: "Conversations" }).getByRole("link", { name: title });
  }

  get reconnecting() {
    return this.page.getByRole("status", { name: "Connection" }).getByText("Reconnecting");
  }

  get messages() {
    return this.page.getByRole("list", { name: "Messages" });
  }

  async sees(text) {
    await this.messages.getByText(text, { exact: true }).waitFor();
  }

  /** Until the message is there, on the screen or above it. */
  async has(text) {
    for (const check = this.#net(`"${text}" among the messages`); !(await this.texts()).includes(text); check());
  }

  /** Until nothing is on its way any more. */
  async settles() {
    await this.messages.getByText("Sending…").first().waitFor({ state: "hidden" });
  }

  /**
   * The texts of all messages that were read, in order: only those on the screen are in the page, so it is scrolled
   * through. Each row counts for itself, so a doubled message is there twice; when the rows move meanwhile, because
   * older ones came in above, it starts anew.
   */
  async texts() {
    await this.page.bringToFront();
    return this.history.evaluate(async (list, millis) => {
      const drawn = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done))));
      const end = Date.now() + millis;
      const found = new Map();
      const places = new Map();
      const fromEnd = list.scrollHeight - list.scrollTop;
      list.scrollTop = 0;
      for (;;) {
        if (Date.now() > end) throw new Error("the messages do not come to rest");
        await drawn();
        const { top, bottom } = list.getBoundingClientRect();
        const shown = [...list.querySelectorAll("article")];
        if (shown.some((message) => places.has(message) && places.get(message) !== message.dataset.index)) {
          found.clear();
          places.clear();
          list.scrollTop = 0;
          continue;
        }
        for (const message of shown) {
          places.set(message, message.dataset.index);
          const place = message.getBoundingClientRect();
          if (place.bottom > top && place.top < bottom) found.set(Number(message.dataset.index), message.querySelector("[data-testid=message-body]").textContent);
        }
        if (list.scrollTop + list.clientHeight >= list.scrollHeight - 1) break;
        list.scrollTop += list.clientHeight / 3;
      }
      list.scrollTop = list.scrollHeight - fromEnd;
      return [...found].sort(([one], [other]) => one - other).map(([, text]) => text);
    }, LONG_MILLIS);
  }

  /** Throws once it is called after far too long. */
  #net(what) {
    const end = Date.now() + LONG_MILLIS;
    return () => {
      if (Date.now() > end) throw new Error(`${this.displayName} has waited ${LONG_MILLIS / 1000} seconds for ${what}`);
    };
  }
}
