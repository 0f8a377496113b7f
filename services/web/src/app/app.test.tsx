// The pages as a person meets them, over a mocked network.

import { cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { createQueryClient } from "../lib/query-client";
import { signedInMark } from "../lib/signed-in-mark";
import { clearToasts } from "../lib/toasts";
import { stubLayout } from "../testing/fake-layout";
import { fakeServer } from "../testing/fake-server";
import { socket } from "../testing/fake-socket";
import { ADA, CHAT_ID, EPOCH, GRACE, conversation, message, page, posted } from "../testing/samples";
import { App } from "./app";

vi.mock("socket.io-client", () => import("../testing/fake-socket"));

let server: ReturnType<typeof fakeServer>;

beforeEach(() => {
  stubLayout();
  sessionStorage.clear();
  localStorage.clear();
  clearToasts();
  signedInMark.set();
  window.history.replaceState(null, "", "/");
  const listed = conversation({ head: { seq: 2, messageNo: 2 }, lastMessage: message(2), unread: 1 });
  server = fakeServer({
    "GET /me": () => ({ body: { user: ADA } }),
    "GET /users": () => ({ body: { users: [ADA, GRACE] } }),
    "GET /conversations": () => ({ body: { conversations: [listed], next: null } }),
    [`GET /conversations/${CHAT_ID}/messages`]: () => ({ body: page(1, 2) }),
    [`PUT /conversations/${CHAT_ID}/read`]: () => ({ status: 204 }),
  });
  return () => {
    cleanup();
    vi.unstubAllGlobals();
  };
});

function comeUp(): void {
  socket().answers = (name, [, from]) => (name === "joinConversation" ? { ok: true, seq: (from as { after: number }).after, epoch: EPOCH, more: false, events: [] } : { ok: true });
  socket().comesUp();
}

async function openChat() {
  render(<App client={createQueryClient()} />);
  const user = userEvent.setup();
  await user.click(await screen.findByRole("link", { name: /Grace Hopper/ }));
  comeUp();
  const messages = await screen.findByRole("list", { name: "Messages" });
  await within(messages).findByText("text 2");
  return { user, messages };
}

const bodies = (messages: HTMLElement) => within(messages).getAllByTestId("message-body").map((body) => body.textContent);

describe("signing in", () => {
  it("shows what is wrong beside its field, then goes to the list", async () => {
    let signedIn = false;
    server.table["GET /me"] = () => (signedIn ? { body: { user: ADA } } : { status: 401, body: { code: "unauthorized" } });
    server.table["POST /users"] = () => {
      if (server.calls.filter((one) => one.name === "POST /users").length === 1) {
        return { status: 409, body: { code: "username_taken", detail: "the username is taken" } };
      }
      signedIn = true;
      return { status: 201, body: { user: ADA, token: "t", expiresAt: "2027-01-01T00:00:00Z" } };
    };
    render(<App client={createQueryClient()} />);
    const user = userEvent.setup();
    await user.click(await screen.findByRole("link", { name: "Create an account" }));
    await user.type(screen.getByLabelText("Username"), "ada");
    await user.type(screen.getByLabelText("Password"), "correct horse battery");
    await user.click(screen.getByRole("button", { name: "Create account" }));
    expect((await screen.findByRole("alert")).textContent).toBe("Somebody has this username already. Pick another one.");
    expect(screen.getByLabelText("Username").getAttribute("aria-invalid")).toBe("true");
    await user.click(screen.getByRole("button", { name: "Create account" }));
    expect(await screen.findByRole("link", { name: /Grace Hopper.*1 unread/ })).toBeTruthy();
    expect(server.calls.findLast((one) => one.name === "POST /users")?.body).toEqual({ username: "ada", password: "correct horse battery" });
  });

  it("asks the server for nothing on a first visit", async () => {
    signedInMark.clear();
    render(<App client={createQueryClient()} />);
    expect(await screen.findByRole("button", { name: "Sign in" })).toBeTruthy();
    expect(server.calls).toEqual([]);
  });

  it("goes back to the sign-in page when the session ends", async () => {
    await openChat();
    server.table["GET /me"] = () => ({ status: 401, body: { code: "unauthorized" } });
    socket().serverSends("closing", { code: "session_ended" });
    expect(await screen.findByRole("button", { name: "Sign in" })).toBeTruthy();
  });
});

describe("the open conversation", () => {
  it("shows history and live messages, marks them read, and says reconnecting", async () => {
    const { messages } = await openChat();
    expect(window.location.pathname).toBe(`/c/${CHAT_ID}`);
    socket().serverSends("message.posted", posted(3));
    expect(await within(messages).findByText("text 3")).toBeTruthy();
    socket().serverSends("message.posted", posted(3));
    await waitFor(() => expect(server.calls.findLast((one) => one.name.startsWith("PUT"))?.body).toEqual({ seq: 3 }));
    expect(bodies(messages)).toEqual(["text 1", "text 2", "text 3"]);
    expect(screen.queryByText(/^Reconnecting…/)).toBeNull();
    socket().breaks("transport close");
    expect(await screen.findByText(/^Reconnecting…/)).toBeTruthy();
    comeUp();
    await waitFor(() => expect(screen.queryByText(/^Reconnecting…/)).toBeNull());
    expect(socket().sent.findLast(([name]) => name === "joinConversation")).toEqual(["joinConversation", CHAT_ID, { after: 3, epoch: EPOCH }]);
  });

  it("shows an own message at once and only once, whatever comes first", async () => {
    const { user, messages } = await openChat();
    let clientId = "";
    server.table[`POST /conversations/${CHAT_ID}/messages`] = ({ body }) => {
      clientId = (body as { clientId: string }).clientId;
      socket().serverSends("message.posted", posted(3, { actorId: ADA.id, clientId, data: { body: "hello" } }));
      return { status: 201, body: { seq: 3, position: 3, messageNo: 3, at: posted(3).at, clientId } };
    };
    const input = screen.getByRole("textbox", { name: "Message" });
    await user.type(input, "hello{Enter}");
    expect(bodies(messages)).toEqual(["text 1", "text 2", "hello"]);
    await waitFor(() => expect(within(messages).queryByText("Sending…")).toBeNull());
    expect(bodies(messages)).toEqual(["text 1", "text 2", "hello"]);
    expect((input as HTMLTextAreaElement).value).toBe("");
  });

  it("goes to the end for a new own message, but not when it has arrived", async () => {
    const { user, messages } = await openChat();
    let clientId = "";
    server.table[`POST /conversations/${CHAT_ID}/messages`] = ({ body }) => {
      clientId = (body as { clientId: string }).clientId;
      return { status: 0 };
    };
    const scroller = screen.getByRole("region", { name: "Message history" });
    vi.spyOn(scroller, "scrollHeight", "get").mockReturnValue(2000);
    const scrollUp = () => {
      scroller.scrollTop = 100;
      fireEvent.scroll(scroller);
    };
    const jump = () => screen.queryByRole("button", { name: /newest|latest|new message/i });
    fireEvent.scroll(scroller, { target: { scrollTop: 2000 } });
    scrollUp();
    expect(jump()).toBeTruthy();
    await user.type(screen.getByRole("textbox", { name: "Message" }), "hello{Enter}");
    expect(await within(messages).findByText("Sending…")).toBeTruthy();
    expect(jump()).toBeNull();
    expect(scroller.scrollTop).toBe(2000);
    scrollUp();
    socket().serverSends("message.posted", posted(3, { actorId: ADA.id, clientId, data: { body: "hello" } }));
    await waitFor(() => expect(within(messages).queryByText("Sending…")).toBeNull());
    expect(jump()).toBeTruthy();
    expect(scroller.scrollTop).toBe(100);
  });

  it("keeps a message that nobody answered for, with retry, which sends the same clientId", async () => {
    const failed = { clientId: "mine", conversationId: CHAT_ID, body: "hello", at: posted(3).at, state: "failed", seq: null, reason: "No answer.", final: false };
    sessionStorage.setItem(`confab.outbox.${ADA.id}`, JSON.stringify([failed]));
    const { user, messages } = await openChat();
    const name = `POST /conversations/${CHAT_ID}/messages`;
    server.table[name] = () => ({ status: 201, body: { seq: 3, position: 3, messageNo: 3, at: posted(3).at, clientId: "mine" } });
    expect(within(messages).getByText("Not sent. No answer.")).toBeTruthy();
    expect(within(messages).queryByRole("button", { name: "Edit" })).toBeNull();
    await user.click(within(messages).getByRole("button", { name: "Retry" }));
    await waitFor(() => expect(within(messages).queryByText(/Not sent/)).toBeNull());
    expect(server.calls.filter((one) => one.name === name).map((one) => one.body)).toEqual([{ body: "hello", clientId: "mine" }]);
  });

  it("gives a message that was refused for good back to be changed, or takes it away and back", async () => {
    const { user, messages } = await openChat();
    const name = `POST /conversations/${CHAT_ID}/messages`;
    server.table[name] = () => ({ status: 403, body: { code: "forbidden", detail: "you may only read here" } });
    const input = screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Message" });
    await user.type(input, "hello{Enter}");
    expect(await within(messages).findByText("Not sent. You may only read here.")).toBeTruthy();
    expect(within(messages).queryByRole("button", { name: "Retry" })).toBeNull();
    await user.click(within(messages).getByRole("button", { name: "Discard" }));
    expect(bodies(messages)).toEqual(["text 1", "text 2"]);
    await user.click(screen.getByRole("button", { name: "Undo" }));
    await user.type(input, "and more");
    await user.click(await within(messages).findByRole("button", { name: "Edit" }));
    expect(input.value).toBe("hello\nand more");
    expect(bodies(messages)).toEqual(["text 1", "text 2"]);
    expect(server.calls.filter((one) => one.name === name)).toHaveLength(1);
  });

  it("says how much room is left near the limit and does not send beyond it", async () => {
    const { user } = await openChat();
    const input = screen.getByRole("textbox", { name: "Message" });
    await user.click(input);
    await user.paste("a".repeat(16_000));
    expect(screen.getByText("384 bytes left")).toBeTruthy();
    await user.paste("ä".repeat(200));
    expect(screen.getByText("16 bytes too long to send")).toBeTruthy();
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "Send" }).disabled).toBe(true);
  });
});
