// Web Push in a browser: asked for, told to the server, taken back, and what a browser that cannot do it says.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { renderHook, waitFor } from "@testing-library/react";
import { fakeServer } from "../testing/fake-server";
import { startWebPush, stopWebPush, useReach } from "./web-push";

const ENDPOINT = "https://push.example/1";
const KEYS = { p256dh: "P", auth: "A" };

/** A browser that subscribes as `subscribe` says. */
function browser(subscribe?: () => Promise<unknown>) {
  let subscribed: unknown = null;
  const subscription = {
    endpoint: ENDPOINT,
    toJSON: () => ({ endpoint: ENDPOINT, expirationTime: null, keys: KEYS }),
    unsubscribe: vi.fn(() => {
      subscribed = null;
      return Promise.resolve(true);
    }),
  };
  const pushManager = {
    subscribe: vi.fn(async () => (subscribed = subscribe === undefined ? subscription : await subscribe())),
    getSubscription: vi.fn(() => Promise.resolve(subscribed)),
  };
  const registration = { pushManager };
  const serviceWorker = {
    register: vi.fn(() => Promise.resolve(registration)),
    ready: Promise.resolve(registration),
    getRegistration: () => Promise.resolve(registration),
  };
  Object.defineProperty(navigator, "serviceWorker", { value: serviceWorker, configurable: true });
  return { pushManager, subscription, already: (other: unknown) => (subscribed = other) };
}

beforeEach(() => stopWebPush());

afterEach(() => {
  Reflect.deleteProperty(navigator, "serviceWorker");
  vi.unstubAllGlobals();
});

const reach = () => renderHook(useReach).result.current;

test("the server is told of the browser's subscription, with its key, and told when it ends", async () => {
  const { pushManager, subscription } = browser();
  const { calls } = fakeServer({
    "GET /push/key": () => ({ body: { key: "K" } }),
    "PUT /me/push": () => ({ status: 204 }),
    "DELETE /me/push": () => ({ status: 204 }),
  });
  await startWebPush();
  expect(reach()).toBe("always");
  expect(pushManager.subscribe).toHaveBeenCalledWith({ userVisibleOnly: true, applicationServerKey: "K" });
  expect(calls.at(-1)).toEqual({ name: "PUT /me/push", body: { endpoint: ENDPOINT, keys: KEYS } });
  await stopWebPush();
  expect(reach()).toBe("unknown");
  expect(calls.at(-1)).toEqual({ name: "DELETE /me/push", body: { endpoint: ENDPOINT } });
  expect(subscription.unsubscribe).toHaveBeenCalledOnce();
});

test("a subscription of another key gives way", async () => {
  const made = browser();
  const other = { unsubscribe: vi.fn(() => Promise.resolve(true)) };
  made.already(other);
  made.pushManager.subscribe.mockRejectedValueOnce(new DOMException("another key", "InvalidStateError"));
  fakeServer({ "GET /push/key": () => ({ body: { key: "K" } }), "PUT /me/push": () => ({ status: 204 }) });
  await startWebPush();
  expect(other.unsubscribe).toHaveBeenCalledOnce();
  expect(reach()).toBe("always");
});

test("why nothing comes while Confab is closed is known", async () => {
  fakeServer({});
  await startWebPush();
  expect(reach()).toBe("noService"); // no service workers
  const { calls, table } = fakeServer({ "GET /push/key": () => ({ body: { key: null } }) });
  browser(() => Promise.reject(new DOMException("no push service", "AbortError")));
  await startWebPush();
  expect(reach()).toBe("noServer");
  table["GET /push/key"] = () => ({ body: { key: "K" } });
  await startWebPush();
  expect(reach()).toBe("noService");
  expect(calls.some(({ name }) => name === "PUT /me/push")).toBe(false);
  browser();
  table["PUT /me/push"] = () => ({ status: 422, body: { code: "invalid", field: "endpoint", detail: "must be known" } });
  await startWebPush();
  expect(reach()).toBe("noServer");
  table["PUT /me/push"] = () => ({ status: 503, body: { code: "unavailable" } });
  await startWebPush();
  expect(reach()).toBe("failed");
});

test("what was asked for last is what stays", async () => {
  browser();
  const { calls } = fakeServer({
    "GET /push/key": () => ({ body: { key: "K" } }),
    "PUT /me/push": () => ({ status: 204 }),
    "DELETE /me/push": () => ({ status: 204 }),
  });
  void startWebPush();
  void stopWebPush();
  void startWebPush();
  await stopWebPush();
  await waitFor(() => expect(reach()).toBe("unknown"));
  expect(calls.map(({ name }) => name.split(" ")[0])).toEqual(["GET", "PUT", "DELETE", "GET", "PUT", "DELETE"]);
});
