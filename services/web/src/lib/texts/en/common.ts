// What stands on many pages, and what the client says about the server and the line.
import { many } from "../count";

export const product = "Confab";
export const tryAgain = "Try again";
export const showMore = "Show more";
export const cancel = "Cancel";
export const close = "Close";
export const skip = "Skip to the conversation";
export const somebody = "Somebody";

export const start = {
  loading: "Loading",
  failed: "Confab could not start",
  noAnswer: "The server does not answer",
  retrying: "Trying again until it does.",
};

export const errors = {
  network: "The server cannot be reached. Check your connection.",
  timeout: "The server took too long to answer. Try again.",
  tooFast: (seconds: number | null) =>
    seconds === null || seconds < 5 ? "That was too fast. Wait a moment and try again." : `That was too often. Try again in ${many(seconds, "second", "seconds")}.`,
  status: (status: number) => `The server answered ${status}`,
  /** By the code of the refusal, where the client knows better what to do next. */
  byCode: {
    invalid_credentials: "Username and password do not match. Check both and try again.",
    sign_up_closed: "New accounts are closed here. Ask whoever runs this server.",
    username_taken: "Somebody has this username already. Pick another one.",
    body_too_large: "This is too large to send.",
    unavailable: "The server is busy. Try again in a moment.",
  } as Record<string, string>,
};

export const line = {
  label: "Connection",
  reconnecting: "Reconnecting… What you write is kept and sent.",
  crowded: "Confab is open in too many windows. Close one, and this one goes on.",
};

export const time = {
  today: "Today",
  yesterday: "Yesterday",
  now: "now",
  minutes: (count: number) => `${count} min`,
};

export const toasts = { label: "Notices", dismiss: "Dismiss" };
