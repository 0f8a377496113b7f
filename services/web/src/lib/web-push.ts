// Web Push: the browser is told of messages while Confab is closed in it. `public/sw.js` shows them.
// The server forgets a browser with the session; as long as it is wanted, every opened page says so again.
import { useSyncExternalStore } from "react";
import { getPushKey, subscribe, unsubscribe } from "./api/push";
import { ApiError } from "./http";

/** Whether notes come while Confab is closed, or why not. */
export type Reach = "unknown" | "always" | "noService" | "noServer" | "failed";

const listeners = new Set<() => void>();
let reach: Reach = "unknown";
/** One after the other: what was asked for last is what stays. */
let last: Promise<void> = Promise.resolve();

export function useReach(): Reach {
  return useSyncExternalStore(listen, () => reach);
}

export function startWebPush(): Promise<void> {
  return next(start);
}

export function stopWebPush(): Promise<void> {
  return next(stop);
}

function next(step: () => Promise<Reach>): Promise<void> {
  last = last.then(step).then(become, () => become("failed"));
  return last;
}

async function start(): Promise<Reach> {
  if (!("serviceWorker" in navigator)) return "noService";
  try {
    await navigator.serviceWorker.register("/sw.js");
    const key = await getPushKey();
    if (key === null) return "noServer";
    const { pushManager } = await navigator.serviceWorker.ready;
    const subscription = await subscriptionWith(pushManager, key).catch(() => null);
    const { endpoint, keys } = subscription?.toJSON() ?? {};
    if (endpoint === undefined || keys?.["p256dh"] === undefined || keys["auth"] === undefined) return "noService";
    await subscribe({ endpoint, keys: { p256dh: keys["p256dh"], auth: keys["auth"] } });
    return "always";
  } catch (error) {
    // The server calls only push services that its operator allows.
    return error instanceof ApiError && error.field === "endpoint" ? "noServer" : "failed";
  }
}

/** One of another key, of a server before this one, gives way. */
async function subscriptionWith(manager: PushManager, key: string): Promise<PushSubscription> {
  const wanted = { userVisibleOnly: true, applicationServerKey: key };
  try {
    return await manager.subscribe(wanted);
  } catch (error) {
    const other = await manager.getSubscription();
    if (other === null) throw error;
    await other.unsubscribe();
    return manager.subscribe(wanted);
  }
}

/** The browser's side ends even if the server cannot be told: then its next message is refused, and it forgets, too. */
async function stop(): Promise<Reach> {
  if (!("serviceWorker" in navigator)) return "unknown";
  const registration = await navigator.serviceWorker.getRegistration();
  const subscription = await registration?.pushManager.getSubscription();
  if (subscription) await Promise.allSettled([subscription.unsubscribe(), unsubscribe(subscription.endpoint)]);
  return "unknown";
}

function become(now: Reach): void {
  reach = now;
  for (const listener of listeners) listener();
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
