// What wants one's attention, and what should not have it.
import { many, number } from "../count";

export const attention = {
  mentioned: (count: number) => many(count, "mention of you", "mentions of you"),
  unread: (count: number) => many(count, "unread message", "unread messages"),
  archived: (count: number) => `Archived (${count})`,
  draft: (text: string) => `Draft: ${text}`,
  muted: "Muted",
  deleted: "Message deleted",
  file: (name: string) => `File: ${name}`,
  typing: {
    one: (name: string) => `${name} is typing…`,
    two: (one: string, other: string) => `${one} and ${other} are typing…`,
    many: (name: string, others: number) => `${name} and ${others} others are typing…`,
    short: "typing…",
  },
  presence: { online: "Online", away: "Away", offline: "Offline" },
  lastSeen: (ago: string) => `Last seen ${ago}`,
  online: (count: number) => `${number(count)} online`,
  mute: "Mute…",
  muteNow: "Mute",
  unmute: "Unmute",
  muteTitle: (title: string) => `Mute ${title}`,
  muteText: "It stays in the list, without notifications and without counting in the title.",
  muteFor: { hour: "For 1 hour", eight: "For 8 hours", tomorrow: "Until tomorrow", forever: "Until I unmute it" },
  mutedUntil: (time: string) => `Muted until ${time}`,
  mutedForever: "Muted",
  unmuted: (title: string) => `${title} is no longer muted.`,
  markRead: "Mark as read",
  allRead: "Mark everything as read",
  allReadDone: "Everything is read.",
  search: "Search messages",
  searchHere: "Search in this conversation",
};

/** Notes of the browser, while nobody looks at the page or it is closed. */
export const notify = {
  title: "Notifications",
  text: "A note of your browser when somebody writes and you do not look. While Confab is closed, it tells you of direct messages, mentions and threads you follow. Muted conversations stay silent.",
  turnOn: "Turn on notifications",
  on: {
    unknown: "Notifications are on in this browser.",
    always: "Notifications are on in this browser, also while Confab is closed.",
    noService: "Notifications are on while Confab is open. While it is closed, this browser cannot receive any.",
    noServer: "Notifications are on while Confab is open. While it is closed, this server sends none to this browser.",
    failed: "Notifications are on while Confab is open. The server could not be told to send them while it is closed.",
  },
  turnOff: "Turn off",
  denied: "The browser does not let Confab show notifications. Allow it in the settings of the browser for this page.",
  missing: "This browser cannot show notifications.",
  from: (author: string, title: string) => `${author} in ${title}`,
};
