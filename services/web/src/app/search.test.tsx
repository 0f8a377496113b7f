// Looking for messages, over a mocked network.

import { cleanup, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { createQueryClient } from "../lib/query-client";
import { signedInMark } from "../lib/signed-in-mark";
import { stubLayout } from "../testing/fake-layout";
import { fakeServer } from "../testing/fake-server";
import { ADA, CHAT_ID, GRACE, conversation, page, time } from "../testing/samples";
import { App } from "./app";

vi.mock("socket.io-client", () => import("../testing/fake-socket"));

let server: ReturnType<typeof fakeServer>;
const asked = vi.fn();
const hit = (seq: number) => ({
  conversationId: CHAT_ID,
  conversationName: null,
  author: GRACE,
  seq,
  messageNo: seq,
  threadSeq: null,
  at: time(seq),
  hasFile: false,
  snippet: [{ text: "the ", hit: false }, { text: `bug ${seq}`, hit: true }],
});

beforeEach(() => {
  stubLayout();
  asked.mockClear();
  signedInMark.set();
  window.history.replaceState(null, "", "/search");
  server = fakeServer({
    "GET /me": () => ({ body: { user: ADA } }),
    "GET /me/preferences": () => ({ body: { preferences: [] } }),
    "GET /users": () => ({ body: { users: [GRACE] } }),
    "GET /conversations": () => ({ body: { conversations: [conversation()], next: null } }),
    [`GET /conversations/${CHAT_ID}/messages`]: () => ({ body: page(1, 2) }),
    "GET /search": ({ query }) => {
      asked(query.get("q"), query.get("cursor"));
      return { body: query.get("cursor") === null ? { hits: [hit(2)], next: "more" } : { hits: [hit(1)], next: null } };
    },
  });
  render(<App client={createQueryClient()} />);
  return () => {
    cleanup();
    vi.unstubAllGlobals();
  };
});

it("finds by words, page by page, marks what fits and leads to the message", async () => {
  const user = userEvent.setup();
  await user.type(await screen.findByRole("combobox", { name: "Search messages" }), "bug");
  expect((await screen.findByText("bug 2")).tagName).toBe("MARK");
  expect(asked.mock.calls).toEqual([["bug", null]]);
  expect(window.location.search).toBe("?q=bug");
  await user.click(screen.getByRole("button", { name: "Show more" }));
  expect(await screen.findByText("bug 1")).toBeTruthy();
  expect(asked).toHaveBeenLastCalledWith("bug", "more");
  expect(screen.getByText("2 messages found")).toBeTruthy();
  await user.click(screen.getByText("bug 2"));
  await waitFor(() => expect(window.location.pathname).toBe(`/c/${CHAT_ID}`));
});

it("completes filters with the keyboard alone", async () => {
  const user = userEvent.setup();
  const field = await screen.findByRole<HTMLInputElement>("combobox", { name: "Search messages" });
  await user.type(field, "bug fr{ArrowDown}{Enter}");
  expect(field.value).toBe("bug from:");
  await user.type(field, "gr");
  await screen.findByRole("option", { name: /Grace Hopper/ });
  await user.keyboard("{ArrowDown}{Enter}");
  expect(field.value).toBe("bug from:@grace ");
});

it("says what is wrong with a query, and when nothing was found", async () => {
  server.table["GET /search"] = ({ query }) =>
    query.get("q") === "nothing" ? { body: { hits: [], next: null } } : { status: 422, body: { code: "invalid", field: "q", detail: "must say a day such as 2026-01-31" } };
  const user = userEvent.setup();
  const field = await screen.findByRole("combobox", { name: "Search messages" });
  await user.type(field, "before:soon");
  expect(await screen.findByText("Must say a day such as 2026-01-31.")).toBeTruthy();
  await user.clear(field);
  await user.type(field, "nothing");
  expect(await screen.findByRole("heading", { name: "Nothing was found for “nothing”." })).toBeTruthy();
});
