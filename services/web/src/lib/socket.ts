// The one owner of the Socket.IO connection.
//
// It says when the line is up, hands every event on, and asks to join. It always comes back: a stock client
// gives up after a DISCONNECT or a refused CONNECT, so those are retried here, unless the session is over.
import { io, type Socket } from "socket.io-client";
import type { Closing, Envelope, JoinAnswer, Signal } from "./api-types";

/** crowded: this user has too many sockets open; it is tried again until one is closed. */
export type LineStatus = "connecting" | "online" | "reconnecting" | "crowded";

export interface LineHandlers {
  /** The line is up: the server holds no joins of this client yet. */
  online: () => void;
  status: (status: LineStatus) => void;
  event: (event: Envelope) => void;
  /** The user entered or left a conversation, perhaps elsewhere. The envelope's `seq` is of the user's own stream. */
  membership: (type: "entered" | "exited", conversationId: string) => void;
  /** Something that no log holds: who writes, who is there, what moved elsewhere. */
  signal: (signal: Signal) => void;
  /** The store was restored: nothing that the client holds counts any more. */
  reset: () => void;
  sessionEnded: () => void;
}

export interface JoinFrom {
  after: number;
  epoch: string | null;
}

export interface Line {
  open: () => void;
  close: () => void;
  /** The answer is null if the line broke or none came in time: the outcome is unknown. */
  join: (conversationId: string, from: JoinFrom, answered: (answer: JoinAnswer | null) => void) => void;
  leave: (conversationId: string) => void;
  /** Says something that may get lost. */
  tell: (name: string, args: readonly unknown[]) => void;
  /** The answer is null if none came. */
  ask: (name: string, args: readonly unknown[], answered: (answer: unknown) => void) => void;
}

const ANSWER_MILLIS = 15_000;
const RETRY_MILLIS = { first: 500, cap: 4_000 };
/** Events that are not part of a conversation's log. */
const APART = new Set(["closing", "reset", "error", "conversation.entered", "conversation.exited"]);
const SIGNALS = [
  "typing.started",
  "read.moved",
  "preferences.changed",
  "profile.changed",
  "requests.changed",
  "presence.changed",
  "conversation.activity",
] as const satisfies readonly Signal["type"][];
for (const name of SIGNALS) APART.add(name);

export function createLine(handlers: LineHandlers): Line {
  // Websocket first: only polling needs a sticky proxy. Polling stays as the way out where websockets are blocked.
  const socket: Socket = io({
    autoConnect: false,
    forceNew: true,
    transports: ["websocket", "polling"],
    tryAllTransports: true,
    reconnectionDelay: RETRY_MILLIS.first,
    reconnectionDelayMax: RETRY_MILLIS.cap,
  });
  let retry: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;

  function comeBack(): void {
    if (socket.active) return; // the stock client does it by itself
    const wait = Math.min(RETRY_MILLIS.cap, RETRY_MILLIS.first * 2 ** failures) * (0.5 + Math.random());
    failures += 1;
    clearTimeout(retry);
    retry = setTimeout(() => socket.connect(), wait);
  }

  function end(): void {
    close();
    handlers.sessionEnded();
  }

  function close(): void {
    clearTimeout(retry);
    socket.disconnect();
  }

  socket.on("connect", () => {
    failures = 0;
    handlers.status("online");
    handlers.online();
  });
  socket.on("disconnect", (reason) => {
    if (reason === "io client disconnect") return;
    handlers.status("reconnecting");
    comeBack();
  });
  socket.on("connect_error", (error) => {
    if (error.message === "unauthorized") {
      end();
      return;
    }
    handlers.status(error.message === "too_many_sockets" ? "crowded" : "reconnecting");
    comeBack();
  });
  socket.on("closing", (notice: Partial<Closing> | null) => {
    if (notice?.code === "session_ended") end();
  });
  socket.on("reset", () => handlers.reset());
  socket.on("conversation.entered", (event: unknown) => membership("entered", event));
  socket.on("conversation.exited", (event: unknown) => membership("exited", event));
  for (const name of SIGNALS) socket.on(name, (signal: unknown) => handlers.signal({ ...(signal as Signal), type: name } as Signal));
  // Every other event is part of some log, also if its type is new: its number has to be counted.
  socket.onAny((name: string, event: unknown) => {
    if (!APART.has(name) && isEnvelope(event)) handlers.event(event);
  });

  function membership(type: "entered" | "exited", event: unknown): void {
    if (isEnvelope(event)) handlers.membership(type, event.conversationId);
  }

  // Callbacks, not promises: a polling payload carries an ack and the events behind it in one go,
  // and the ack has to be applied before those.
  function ask(name: string, args: readonly unknown[], answered: (answer: unknown) => void): void {
    if (!socket.connected) {
      answered(null); // emitting now would keep it for the next connection
      return;
    }
    socket.timeout(ANSWER_MILLIS).emit(name, ...args, (failure: Error | null, answer: unknown) => {
      answered(failure === null ? answer : null);
    });
  }

  return {
    open: () => {
      handlers.status("connecting");
      socket.connect();
    },
    close,
    join: (conversationId, { after, epoch }, answered) =>
      ask("joinConversation", [conversationId, epoch === null ? { after } : { after, epoch }], (answer) => answered(answer as JoinAnswer | null)),
    leave: (conversationId) => ask("leaveConversation", [conversationId], () => undefined),
    tell: (name, args) => ask(name, args, () => undefined),
    ask,
  };
}

function isEnvelope(event: unknown): event is Envelope {
  if (typeof event !== "object" || event === null) return false;
  const { conversationId, seq } = event as Record<string, unknown>;
  return typeof conversationId === "string" && typeof seq === "number";
}
