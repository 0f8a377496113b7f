// What Enter opens while people are still being looked for.
import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { MemoryRouter } from "react-router";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Chat } from "../../lib/chat";
import { ChatProvider } from "../../lib/chat-context";
import { createQueryClient } from "../../lib/query-client";
import { texts } from "../../lib/texts";
import { stubLayout } from "../../testing/fake-layout";
import { fakeServer } from "../../testing/fake-server";
import { ADA, GRACE, conversation } from "../../testing/samples";
import { SwitcherDialog } from "./switcher-dialog";

vi.mock("socket.io-client", () => import("../../testing/fake-socket"));

let server: ReturnType<typeof fakeServer>;

beforeEach(() => {
  stubLayout();
  sessionStorage.clear();
  server = fakeServer({
    "GET /conversations": () => ({ body: { conversations: [], next: null } }),
    "GET /users": ({ query }) => ({ body: { users: [...query.values()].includes("gr") ? [GRACE] : [] } }),
    "POST /conversations": () => ({ status: 201, body: conversation() }),
  });
  const nothing = () => undefined;
  const chat = new Chat(ADA.id, { outdated: nothing, messageChanged: nothing, changeFailed: nothing, signal: nothing, sessionEnded: nothing });
  render(
    <QueryClientProvider client={createQueryClient()}>
      <ChatProvider chat={chat}>
        <MemoryRouter>
          <SwitcherDialog onClose={() => undefined} />
        </MemoryRouter>
      </ChatProvider>
    </QueryClientProvider>,
  );
  return () => {
    cleanup();
    vi.unstubAllGlobals();
  };
});

const started = () => server.calls.filter((one) => one.name === "POST /conversations");

describe("the switcher", () => {
  it("opens the person who was found for what is typed", async () => {
    const user = userEvent.setup();
    await user.type(screen.getByRole("combobox"), "@gr");
    await screen.findByRole("option", { name: /Grace Hopper/ });
    await user.keyboard("{Enter}");
    await waitFor(() => expect(started()).toHaveLength(1));
  });

  it("does not open a person who was found for something else", async () => {
    const user = userEvent.setup();
    await user.type(screen.getByRole("combobox"), "gr");
    await screen.findByRole("option", { name: /Grace Hopper/ });
    await user.keyboard("eta{Enter}");
    expect(screen.queryByRole("option")).toBeNull();
    expect(screen.queryByText(texts.switcher.nothing)).toBeNull();
    expect(await screen.findByText(texts.switcher.nothing)).toBeTruthy();
    expect(started()).toEqual([]);
  });

  it("stops searching when the search fails", async () => {
    server.table["GET /users"] = () => ({ status: 400, body: { code: "bad_request", detail: "no" } });
    await userEvent.setup().type(screen.getByRole("combobox"), "gr");
    expect(await screen.findByText(texts.switcher.nothing)).toBeTruthy();
  });
});
