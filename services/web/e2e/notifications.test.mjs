// Notes of the browser: turned on in Settings, told of by the server while Confab is closed (Web Push, to a push service of
// the test's own, as browsers without a window have none), shown by the service worker, clicked, and gone once read.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PushService } from "../../confab/tests/harness/push-service.mjs";
import { until } from "../../confab/tests/harness/wait.mjs";
import { isClean } from "./clean.mjs";
import { Person, startBrowser } from "./person.mjs";
import { TestServer } from "./server.mjs";

/** Elsewhere the server knows other push services. */
const skip = process.env.CONFAB_URL !== undefined;
const ends = [];
let service;
let server;
let browser;
let ada;
let grace;
let phone;

/** In the page: subscribing gives `subscription`, which no push service of the browser's knows. */
function subscribesTo(subscription) {
  let subscribed = null;
  const made = {
    endpoint: subscription.endpoint,
    toJSON: () => subscription,
    unsubscribe: async () => {
      subscribed = null;
      return true;
    },
  };
  PushManager.prototype.subscribe = async () => (subscribed = made);
  PushManager.prototype.getSubscription = async () => subscribed;
}

before(async () => {
  service = await PushService.create({ onEnd: (end) => ends.push(end) });
  server = await TestServer.create({ CONFAB__PUSH__ENDPOINTS: service.origin, CONFAB__PUSH__DELAY_SECONDS: "1" });
  browser = await startBrowser();
  [ada, grace] = await Promise.all([
    Person.signUp(browser, server.url, server.name("ada"), "Ada Lovelace", { permissions: ["notifications"] }),
    Person.signUp(browser, server.url, server.name("grace"), "Grace Hopper"),
  ]);
  phone = service.browser();
  await ada.page.addInitScript(subscribesTo, phone.subscription);
});

after(async () => {
  for (const person of [ada, grace]) assert.deepEqual(person?.errors ?? [], []);
  await browser?.close();
  await server?.remove();
  for (const end of ends) end();
});

async function worker() {
  const context = ada.page.context();
  return context.serviceWorkers()[0] ?? context.waitForEvent("serviceworker");
}

/** What the browser shows, as [title, body]. */
async function notes() {
  return (await worker()).evaluate(async () => (await self.registration.getNotifications()).map(({ title, body }) => [title, body]));
}

/** In the worker: how many notes it has shown since it was first asked. */
function countShown() {
  if (self.shown === undefined) {
    self.shown = 0;
    const show = self.registration.showNotification.bind(self.registration);
    self.registration.showNotification = async (...note) => {
      await show(...note);
      self.shown += 1;
    };
  }
  return self.shown;
}

/**
 * Hands the last message that came to the push service to the browser, as its own push service would, until it is shown:
 * Chromium may forget a note when it is asked for all of them while it shows one.
 */
async function deliver(text = JSON.stringify(phone.told.at(-1))) {
  const target = await worker();
  const before = await target.evaluate(countShown);
  const line = await ada.page.context().newCDPSession(ada.page);
  const registered = new Promise((resolve) => {
    line.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      const found = registrations.find(({ scopeURL, isDeleted }) => scopeURL === `${server.url}/` && !isDeleted);
      if (found) resolve(found.registrationId);
    });
  });
  await line.send("ServiceWorker.enable");
  await line.send("ServiceWorker.deliverPushMessage", { origin: server.url, registrationId: await registered, data: text });
  await until("the note to be shown", async () => (await target.evaluate(countShown)) > before);
  await line.detach();
}

/** Until the browser shows `count` notes. */
async function shows(count) {
  const shown = () => notes().then((all) => (all.length === count ? all : null));
  return until(`${count} notes`, shown, { every: 50 });
}

const settings = () => ada.page.goto("/settings");

test("they are turned on in Settings, which says whether they come while Confab is closed", { skip }, async () => {
  await settings();
  await ada.page.getByRole("button", { name: "Turn on notifications" }).click();
  await ada.page.getByText("Notifications are on in this browser, also while Confab is closed.").waitFor();
  await isClean(ada, "notifications are on");
});

test("whoever has closed Confab is told; a click opens the conversation, and what is read has no note", { skip }, async () => {
  await ada.page.goto("about:blank");
  await grace.page.goto("/");
  await grace.find(ada);
  await grace.page.getByText(/Last seen/).waitFor();
  await grace.say("are you **there**?");
  await service.told(phone, 1);
  await ada.page.goto("/theme.js");
  await deliver();
  assert.deepEqual(await shows(1), [["Grace Hopper", "are you **there**?"]]);
  // The same message again is no second note, and what cannot be read is told, too.
  await deliver();
  await deliver("no JSON");
  assert.deepEqual((await shows(2)).map(([title]) => title).sort(), ["Confab", "Grace Hopper"]);

  await ada.page.goto("/");
  await ada.listed(/Grace Hopper.*1 unread/).waitFor();
  assert.equal((await notes()).length, 2, "unread");
  await (await worker()).evaluate(async () => {
    const notification = (await self.registration.getNotifications()).find(({ tag }) => tag !== "");
    self.dispatchEvent(new self.NotificationEvent("notificationclick", { notification }));
  });
  await ada.sees("are you there?");
  assert.deepEqual(await shows(1), [["Confab", ""]]);
});

test("read on another device, a note goes away by itself", { skip }, async () => {
  await ada.page.goto("about:blank");
  await grace.page.getByText(/Last seen/).waitFor();
  await grace.say("and now?");
  await service.told(phone, 2);
  await ada.page.goto("/theme.js");
  await deliver();
  await shows(2);
  await ada.page.goto("/settings");
  const tab = await ada.anotherTab();
  await tab.page.bringToFront();
  await tab.listed(/Grace Hopper/).click();
  await tab.sees("and now?");
  await shows(1);
  await tab.page.close();
});

test("turned off, the server is told so, and a message tells nobody", { skip }, async () => {
  await settings();
  const told = ada.page.waitForResponse((response) => response.url().endsWith("/api/me/push") && response.request().method() === "DELETE");
  await ada.page.getByText("also while Confab is closed").waitFor();
  await ada.page.getByRole("button", { name: "Turn off" }).click();
  assert.equal((await told).status(), 204);
  await ada.page.getByRole("button", { name: "Turn on notifications" }).waitFor();
});
