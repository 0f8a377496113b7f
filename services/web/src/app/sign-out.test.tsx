// Signing out, and who signs in next.
import { cleanup, render, screen, waitFor } from "@testing-library/react";
import userEvent, { type UserEvent } from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { isLeaving, setLeaving } from "../features/session/use-session";
import { createQueryClient } from "../lib/query-client";
import { signedInMark } from "../lib/signed-in-mark";
import { clearToasts } from "../lib/toasts";
import { stubLayout } from "../testing/fake-layout";
import { fakeServer } from "../testing/fake-server";
import { socket } from "../testing/fake-socket";
import { ADA, CHAT_ID, GRACE, conversation, page } from "../testing/samples";
import { App } from "./app";

vi.mock("socket.io-client", () => import("../testing/fake-socket"));

const OUTBOX = `confab.outbox.${ADA.id}`;
let server: ReturnType<typeof fakeServer>;

beforeEach(() => {
  stubLayout();
  sessionStorage.clear();
  clearToasts();
  signedInMark.set();
  setLeaving(false);
  window.history.replaceState(null, "", `/c/${CHAT_ID}`);
  const unsent = { clientId: "mine", conversationId: CHAT_ID, body: "hello", at: new Date().toISOString(), state: "failed", seq: null, reason: "No answer.", final: false };
  sessionStorage.setItem(OUTBOX, JSON.stringify([unsent]));
  server = fakeServer({
    "GET /me": () => ({ body: { user: ADA } }),
    "GET /users": () => ({ body: { users: [ADA, GRACE] } }),
    "GET /conversations": () => ({ body: { conversations: [conversation()], next: null } }),
    [`GET /conversations/${CHAT_ID}/messages`]: () => ({ body: page(1, 0) }),
    "DELETE /sessions/current": () => ({ status: 204 }),
    "POST /sessions": () => ({ status: 201, body: { user: GRACE, token: "t", expiresAt: "2027-01-01T00:00:00Z" } }),
  });
  return () => {
    cleanup();
    vi.unstubAllGlobals();
  };
});

async function signOut(): Promise<UserEvent> {
  const user = userEvent.setup();
  await user.click(await screen.findByRole("button", { name: "Account" }));
  await user.click(await screen.findByRole("menuitem", { name: "Sign out" }));
  return user;
}

async function signIn(user: UserEvent): Promise<void> {
  await user.type(await screen.findByLabelText("Username"), "grace");
  await user.type(screen.getByLabelText("Password"), "correct horse battery");
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  await screen.findByRole("navigation", { name: "Conversations" });
}

/** The answer to the sign-out comes when it is let go. */
function holdAnswer(): (fails: boolean) => void {
  const answer = globalThis.fetch;
  let release: (fails: boolean) => void = () => undefined;
  const held = new Promise<boolean>((resolve) => (release = resolve));
  vi.stubGlobal("fetch", async (input: string, init?: RequestInit) => {
    if (init?.method !== "DELETE") return answer(input, init);
    if (await held) throw new TypeError("failed to fetch");
    return answer(input, init);
  });
  return release;
}

describe("signing out", () => {
  it("forgets the place and the passwords, so the next person starts at the list", async () => {
    const client = createQueryClient();
    render(<App client={client} />);
    const user = await signOut();
    await screen.findByLabelText("Username");
    expect(client.getMutationCache().getAll()).toEqual([]);
    expect(sessionStorage.getItem(OUTBOX)).toBeNull();
    await signIn(user);
    await waitFor(() => expect(window.location.pathname).toBe("/"));
  });

  it("says so if it failed, and one is still signed in", async () => {
    server.table["DELETE /sessions/current"] = () => ({ status: 0 });
    render(<App client={createQueryClient()} />);
    await signOut();
    expect(await screen.findByRole("button", { name: "Try again" })).toBeTruthy();
    expect(isLeaving()).toBe(false);
    expect(sessionStorage.getItem(OUTBOX)).not.toBeNull();
  });

  it.each([true, false])("does nothing to the next person when the answer is late (lost: %s)", async (lost) => {
    const release = holdAnswer();
    const client = createQueryClient();
    render(<App client={client} />);
    const user = await signOut();
    socket().serverSends("closing", { code: "session_ended" });
    await signIn(user);
    await waitFor(() => expect(window.location.pathname).toBe("/"));
    expect(sessionStorage.getItem(OUTBOX)).not.toBeNull();
    release(lost);
    await waitFor(() => expect(sessionStorage.getItem(OUTBOX)).toBeNull());
    expect(screen.getByRole("navigation", { name: "Conversations" })).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Try again" })).toBeNull();
  });
});
