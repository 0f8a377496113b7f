// Shows what Web Push brings while Confab is closed, and opens the conversation of a note that is clicked.
// It keeps nothing and answers no requests of the page.
const ICON = "/icon-192.png";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("push", (event) => event.waitUntil(show(read(event.data))));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.conversationId));
});
self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event)));

/** The browser wants a note for all that comes, even if it cannot be read. */
function read(data) {
  try {
    return data.json();
  } catch {
    return {};
  }
}

/** One note for each conversation; an open page may have shown this message, or a newer one, already. */
async function show({ conversationId, seq, title, body }) {
  const options = { body: body ?? "", icon: ICON, data: { conversationId, seq } };
  if (conversationId !== undefined) {
    const [shown] = await self.registration.getNotifications({ tag: conversationId });
    if (shown !== undefined && shown.data?.seq >= seq) return self.registration.showNotification(shown.title, again(shown));
    Object.assign(options, { tag: conversationId, renotify: true });
  }
  return self.registration.showNotification(title ?? "Confab", options);
}

const again = ({ body, icon, data, tag }) => ({ body, icon, data, tag, silent: true });

/** In a window that is there, or in a new one. */
async function open(conversationId) {
  const path = conversationId === undefined ? "/" : `/c/${encodeURIComponent(conversationId)}`;
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const window = windows.find(({ focused }) => focused) ?? windows[0];
  if (window === undefined) return self.clients.openWindow(path);
  window.postMessage({ open: path });
  return window.focus();
}

/** The push service gave this browser another address. Without a session the server refuses it, as it should. */
async function renew({ oldSubscription, newSubscription }) {
  const found = newSubscription ?? (oldSubscription && (await self.registration.pushManager.subscribe(oldSubscription.options)));
  if (!found) return;
  const { endpoint, keys } = found.toJSON();
  await fetch("/api/me/push", { method: "PUT", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ endpoint, keys }) });
}
