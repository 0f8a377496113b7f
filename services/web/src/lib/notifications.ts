// Notes of the browser while nobody looks: whether they may be shown, and showing one while the page is open.
// The browser asks once for consent; that Confab should use it is kept in this browser.
import { useSyncExternalStore } from "react";
import { startWebPush, stopWebPush } from "./web-push";

export type Consent = "missing" | "denied" | "off" | "on";

const KEY = "confab.notifications";
const listeners = new Set<() => void>();
const openers = new Set<(path: string) => void>();

export function consent(): Consent {
  if (!("Notification" in window)) return "missing";
  if (Notification.permission === "denied") return "denied";
  return Notification.permission === "granted" && localStorage.getItem(KEY) === "on" ? "on" : "off";
}

export function useConsent(): Consent {
  return useSyncExternalStore(subscribe, consent);
}

export async function turnOn(): Promise<void> {
  localStorage.setItem(KEY, "on");
  if (Notification.permission === "default") await Notification.requestPermission();
  tell();
  if (consent() === "on") await startWebPush();
}

export async function turnOff(): Promise<void> {
  localStorage.removeItem(KEY);
  tell();
  await stopWebPush();
}

export interface Note {
  title: string;
  body: string;
  conversationId: string;
  seq: number;
}

/** One per conversation: a newer note takes the place of the older one. A click brings the page to `onOpen`. */
export async function showNote({ title, body, conversationId, seq }: Note): Promise<void> {
  if (consent() !== "on") return;
  const options = { body, tag: conversationId, icon: "/icon-192.png", data: { conversationId, seq } };
  const registration = await worker();
  if (registration?.active) return registration.showNotification(title, options);
  const note = new Notification(title, options);
  note.onclick = () => {
    window.focus();
    note.close();
    for (const opener of openers) opener(`/c/${conversationId}`);
  };
}

/** What was read, here or on another device, wants no attention any more. */
export async function closeNotes(isRead: (conversationId: string) => boolean): Promise<void> {
  for (const note of (await (await worker())?.getNotifications()) ?? []) {
    if (isRead(note.tag)) note.close();
  }
}

/** Told of the path of the note that was clicked. */
export function onOpen(opener: (path: string) => void): () => void {
  openers.add(opener);
  const heard = ({ data }: MessageEvent<{ open?: unknown } | null>) => {
    if (typeof data?.open === "string") opener(data.open);
  };
  const worker = "serviceWorker" in navigator ? navigator.serviceWorker : null;
  worker?.addEventListener("message", heard);
  return () => {
    openers.delete(opener);
    worker?.removeEventListener("message", heard);
  };
}

async function worker(): Promise<ServiceWorkerRegistration | undefined> {
  return "serviceWorker" in navigator ? navigator.serviceWorker.getRegistration() : undefined;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(): void {
  for (const listener of listeners) listener();
}
