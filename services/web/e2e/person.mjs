// A person with a browser of their own, who finds everything by what is written on it.
//
// With CONFAB_TRANSPORT=polling no websocket can be opened from these browsers, as behind a proxy that refuses them.
import { chromium } from "playwright-core";

/** Only a net: everything is waited for by what is to be seen. */
const PATIENCE_MILLIS = 30_000;
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Fails as a refused handshake does. Runs in the page. */
function refuseWebsockets() {
  window.WebSocket = class {
    constructor() {
      setTimeout(() => this.onerror?.(new Event("error")));
    }
    close() {}
  };
}

export function startBrowser() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
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

  static async signUp(browser, url, username, displayName, options = {}) {
    const context = await browser.newContext({ baseURL: url, ...options });
    if (process.env.CONFAB_TRANSPORT === "polling") await context.addInitScript(refuseWebsockets);
    const person = new Person(await context.newPage(), username, displayName);
    const { page } = person;
    await page.goto("/");
    await page.getByRole("link", { name: "Create an account" }).click();
    await page.getByLabel("Username").fill(username);
    await page.getByLabel("Display name").fill(displayName);
    await page.getByLabel("Password").fill("a long enough pass phrase");
    await page.getByRole("button", { name: "Create account" }).click();
    await page.getByRole("navigation", { name: "Conversations" }).waitFor();
    return person;
  }

  async signOut() {
    await this.page.getByRole("button", { name: "Account" }).click();
    await this.page.getByRole("menuitem", { name: "Sign out" }).click();
    await this.page.getByRole("button", { name: "Sign in" }).waitFor();
  }

  async signIn() {
    await this.page.getByLabel("Username").fill(this.username);
    await this.page.getByLabel("Password").fill("a long enough pass phrase");
    await this.page.getByRole("button", { name: "Sign in" }).click();
    await this.page.getByRole("navigation", { name: "Conversations" }).waitFor();
  }

  async find(other) {
    await this.page.getByRole("button", { name: "New chat" }).click();
    await this.page.getByLabel("Find a person").fill(other.username.slice(0, 3));
    await this.page.getByRole("list", { name: "People" }).getByRole("button", { name: other.displayName }).click();
    await this.heading(other.displayName).waitFor();
  }

  async createGroup(name) {
    await this.page.getByRole("button", { name: "New group" }).click();
    await this.page.getByLabel("Group name").fill(name);
    await this.page.getByRole("button", { name: "Create group" }).click();
    await this.heading(name).waitFor();
  }

  async browseAndJoin(name) {
    await this.page.getByRole("button", { name: "Browse groups" }).click();
    await this.page.getByRole("button", { name: `Join ${name}` }).click();
    await this.heading(name).waitFor();
  }

  async open(title) {
    await this.listed(title).click();
    await this.heading(title).waitFor();
  }

  async say(text) {
    await this.box.fill(text);
    await this.page.keyboard.press("Enter");
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
    const start = this.history.getByText("This is where it began.");
    while ((await start.count()) === 0) {
      const first = this.messages.getByTestId("message-body").first();
      const shown = await first.innerText();
      await this.history.evaluate((list) => list.scrollTo(0, 0));
      await start.or(this.messages.getByTestId("message-body").first().filter({ hasNotText: shown })).first().waitFor({ state: "attached" });
    }
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

  /** Until nothing is on its way any more. */
  async settles() {
    await this.messages.getByText("Sending…").first().waitFor({ state: "hidden" });
  }

  /** The texts of all messages on the screen, in order. */
  texts() {
    return this.messages.getByTestId("message-body").allInnerTexts();
  }
}
