// Groups as people look after them, over a mocked network.

import { cleanup, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Conversation, Member } from "../lib/api-types";
import { closePanel } from "../lib/panels";
import { createQueryClient } from "../lib/query-client";
import { signedInMark } from "../lib/signed-in-mark";
import { clearToasts } from "../lib/toasts";
import { stubLayout } from "../testing/fake-layout";
import { fakeServer } from "../testing/fake-server";
import { socket } from "../testing/fake-socket";
import { ADA, CHAT_ID, EPOCH, GRACE, conversation, page, posted, time } from "../testing/samples";
import { App } from "./app";

vi.mock("socket.io-client", () => import("../testing/fake-socket"));

const GROUP = `/conversations/${CHAT_ID}`;
let server: ReturnType<typeof fakeServer>;
let group: Conversation;
let members: Member[];

/** As the server finds them: by how a name begins, and by role. */
function membersFor(query: URLSearchParams) {
  const [begin, role] = [query.get("query") ?? "", query.get("role")];
  const fits = ({ user }: Member) => [user.username, ...user.displayName.toLowerCase().split(" ")].some((word) => word.startsWith(begin));
  const found = members.filter((member) => fits(member) && (role === null || member.role === role));
  return { members: found.slice(0, 2), next: found.length > 2 ? "more" : null };
}

beforeEach(() => {
  stubLayout();
  sessionStorage.clear();
  clearToasts();
  closePanel();
  signedInMark.set();
  group = conversation({ kind: "group", name: "Engine room", topic: "Steam", receivers: [], role: "owner" });
  members = [{ user: ADA, role: "owner" }, { user: GRACE, role: "member" }];
  server = fakeServer({
    "GET /me": () => ({ body: { user: ADA } }),
    "GET /me/preferences": () => ({ body: { preferences: [] } }),
    "GET /me/requests": () => ({ body: { requests: [] } }),
    "GET /users": () => ({ body: { users: [ADA, GRACE] } }),
    "GET /conversations": () => ({ body: { conversations: [group], next: null } }),
    [`GET ${GROUP}`]: () => ({ body: { conversation: group } }),
    [`GET ${GROUP}/messages`]: () => ({ body: page(1, 2) }),
    [`PUT ${GROUP}/read`]: () => ({ status: 204 }),
    [`GET ${GROUP}/requests`]: () => ({ body: { requests: [], next: null } }),
    [`GET ${GROUP}/members`]: ({ query }) => ({ body: membersFor(query) }),
    [`PATCH ${GROUP}`]: ({ body }) => {
      group = { ...group, ...(body as Partial<Conversation>) };
      return { body: { conversation: group } };
    },
  });
  return () => {
    cleanup();
    vi.unstubAllGlobals();
  };
});

const sent = (name: string) => server.calls.filter((one) => one.name === name).map((one) => one.body);

async function open(path = `/c/${CHAT_ID}`) {
  window.history.replaceState(null, "", path);
  render(<App client={createQueryClient()} />);
  const user = userEvent.setup();
  await waitFor(() => expect(socket().connects).toBeGreaterThan(0));
  socket().answers = (name, [, from]) => (name === "joinConversation" ? { ok: true, seq: (from as { after: number }).after, epoch: EPOCH, more: false, events: [] } : { ok: true });
  socket().comesUp();
  return user;
}

async function choose(user: ReturnType<typeof userEvent.setup>, item: string) {
  await user.click(await screen.findByRole("button", { name: "Group menu" }));
  await user.click(await screen.findByRole("menuitem", { name: item }));
}

describe("the settings of a group", () => {
  it("send only what was changed, and ask before the group is hidden", async () => {
    const user = await open();
    await choose(user, "Group settings");
    const dialog = await screen.findByRole("dialog", { name: "Group settings" });
    const name = within(dialog).getByLabelText("Group name");
    await user.clear(name);
    await user.type(name, "Boiler room");
    await user.click(within(dialog).getByRole("radio", { name: /^Only who is let in/ }));
    await user.click(within(dialog).getByRole("button", { name: "Save changes" }));
    expect(sent(`PATCH ${GROUP}`)).toEqual([]);
    await user.click(await screen.findByRole("button", { name: "Yes, change it" }));
    await waitFor(() => expect(sent(`PATCH ${GROUP}`)).toEqual([{ name: "Boiler room", visibility: "private", clientId: expect.any(String) as string }]));
    expect(await screen.findByText("The group was changed.")).toBeTruthy();
  });

  it("say beside its field what is wrong", async () => {
    server.table[`PATCH ${GROUP}`] = () => ({ status: 422, body: { code: "invalid", field: "topic", detail: "must have at most 200 characters" } });
    const user = await open();
    await choose(user, "Group settings");
    await user.type(await screen.findByLabelText("Topic"), " and more");
    await user.click(screen.getByRole("button", { name: "Save changes" }));
    expect((await screen.findByRole("alert")).textContent).toBe("Must have at most 200 characters.");
    expect(screen.getByLabelText("Topic").getAttribute("aria-invalid")).toBe("true");
  });

  it("show who asks, and let them in", async () => {
    let asking = [{ user: GRACE, at: time(1) }];
    group = { ...group, visibility: "private" };
    server.table[`GET ${GROUP}/requests`] = () => ({ body: { requests: asking, next: null } });
    server.table[`POST ${GROUP}/requests/${GRACE.id}`] = () => {
      asking = [];
      return { status: 204 };
    };
    const user = await open();
    await user.click(await screen.findByRole("button", { name: "1 person asks to join" }));
    await user.click(await screen.findByRole("tab", { name: /^Requests/ }));
    await user.click(await screen.findByRole("button", { name: "Let in Grace Hopper" }));
    expect(await screen.findByText("Nobody asks to join.")).toBeTruthy();
    expect(sent(`POST ${GROUP}/requests/${GRACE.id}`)).toEqual([{ approve: true }]);
  });

  it("show the link of a new invitation once", async () => {
    server.table[`GET ${GROUP}/invitations`] = () => ({ body: { invitations: [] } });
    server.table[`POST ${GROUP}/invitations`] = () => ({ status: 201, body: { token: "secret", invitation: { id: "i" } } });
    const user = await open();
    await choose(user, "Group settings");
    await user.click(await screen.findByRole("tab", { name: "Invitations" }));
    await user.selectOptions(await screen.findByLabelText("How often it can be used"), "10 times");
    await user.click(screen.getByRole("button", { name: "Create link" }));
    expect((await screen.findByLabelText<HTMLInputElement>("The link")).value).toBe(`${window.location.origin}/invite#secret`);
    expect(sent(`POST ${GROUP}/invitations`)).toEqual([{ expiresAt: expect.any(String) as string, maxUses: 10 }]);
  });
});

describe("members", () => {
  it("are found by name, and banned only after a question", async () => {
    server.table[`PUT ${GROUP}/bans/${GRACE.id}`] = () => ({ status: 204 });
    const user = await open();
    await choose(user, "Members");
    const list = await screen.findByRole("list", { name: "Members" });
    await within(list).findByText("Ada Lovelace");
    await user.type(screen.getByLabelText("Search members"), "hop");
    await waitFor(() => expect(within(list).queryByText("Ada Lovelace")).toBeNull());
    await user.click(within(list).getByRole("button", { name: "Actions for Grace Hopper" }));
    await user.click(await screen.findByRole("menuitem", { name: "Ban from the group" }));
    await user.click(within(await screen.findByRole("dialog", { name: "Ban Grace Hopper?" })).getByRole("button", { name: "Ban" }));
    expect(await screen.findByText("Grace Hopper was banned.")).toBeTruthy();
  });

  it("get a new owner before the last one leaves", async () => {
    server.table[`PATCH ${GROUP}/members/${GRACE.id}`] = () => ({ body: {} });
    server.table[`DELETE ${GROUP}/members/me`] = () => ({ status: 204 });
    const user = await open();
    await choose(user, "Leave group");
    expect((await screen.findByLabelText<HTMLSelectElement>("New owner")).selectedOptions[0]?.textContent).toBe("Grace Hopper (member)");
    await user.click(screen.getByRole("button", { name: "Hand over and leave" }));
    await waitFor(() => expect(window.location.pathname).toBe("/"));
    expect(server.calls.filter((one) => /^(PATCH|DELETE)/.test(one.name)).map((one) => one.name)).toEqual([`PATCH ${GROUP}/members/${GRACE.id}`, `DELETE ${GROUP}/members/me`]);
  });
});

describe("leaving", () => {
  it("asks for no new owner while there is another, on whatever page", async () => {
    members = [...members, { user: { ...GRACE, id: "0198c0de-0000-7000-8000-00000000000f", displayName: "Mary Jackson" }, role: "owner" }];
    const user = await open();
    await choose(user, "Leave group");
    await waitFor(() => expect(screen.getByRole<HTMLButtonElement>("button", { name: "Leave group" }).disabled).toBe(false));
    expect(screen.queryByLabelText("New owner")).toBeNull();
  });
});

describe("who may not write", () => {
  it.each([
    [{ archived: true }, /^This group is archived/],
    [{ posting: "admins", role: "member" }, /^Only admins write here/],
    [{ role: "reader" }, /^You may read here, but not write/],
  ] as const)("%j is told why", async (change, text) => {
    group = { ...group, ...change };
    await open();
    expect(await screen.findByText(text)).toBeTruthy();
    expect(screen.queryByRole("textbox", { name: "Message" })).toBeNull();
  });

  it("sees at once that the group is closed to them", async () => {
    await open();
    await screen.findByText("text 2");
    socket().serverSends("conversation.exited", posted(1, { type: "conversation.exited" }));
    expect(await screen.findByRole("heading", { name: /You are no longer in this conversation$/ })).toBeTruthy();
    expect(screen.queryByText("text 2")).toBeNull();
  });

  it("may ask to be let in where nothing is to be seen, and take it back", async () => {
    const notThere = () => ({ status: 404, body: { code: "not_found", detail: "there is nothing here" } });
    for (const call of [`GET ${GROUP}`, `GET ${GROUP}/messages`]) server.table[call] = notThere;
    server.table["GET /conversations"] = () => ({ body: { conversations: [], next: null } });
    server.table[`PUT ${GROUP}/requests/me`] = () => ({ status: 204 });
    server.table[`DELETE ${GROUP}/requests/me`] = () => ({ status: 204 });
    const user = await open();
    await user.click(await screen.findByRole("button", { name: "Ask to join" }));
    expect(await screen.findByText(/^You have asked to join/)).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Take it back" }));
    expect(await screen.findByRole("button", { name: "Ask to join" })).toBeTruthy();
  });
});

describe("an invitation", () => {
  const invited = { conversationId: CHAT_ID, name: "Engine room", topic: "Steam", memberCount: 3, isMember: false };

  it("shows the group and lets one in", async () => {
    server.table["POST /invitations/look"] = () => ({ body: invited });
    server.table["POST /invitations/accept"] = () => ({ body: { conversation: group } });
    const user = await open("/invite#secret");
    await user.click(await screen.findByRole("button", { name: "Join Engine room" }));
    await waitFor(() => expect(window.location.pathname).toBe(`/c/${CHAT_ID}`));
    expect(sent("POST /invitations/accept")).toEqual([{ token: "secret" }]);
  });

  it("says that it does not work", async () => {
    server.table["POST /invitations/look"] = () => ({ status: 404, body: { code: "not_found", detail: "there is nothing here" } });
    await open("/invite#old");
    expect(await screen.findByRole("heading", { name: "This invitation does not work" })).toBeTruthy();
  });
});

describe("the list", () => {
  it("shows who writes, what is unsent, and what is muted", async () => {
    const other = conversation({ id: "other", lastMessage: null, mutedUntil: "9999-01-01T00:00:00Z", archived: false });
    server.table["GET /conversations"] = () => ({ body: { conversations: [group, other], next: null } });
    server.table["GET /me/preferences"] = () => ({ body: { preferences: [{ conversationId: "other", mutedUntil: null, draft: "half a thought" }] } });
    await open("/");
    expect(await screen.findByRole("link", { name: /Grace Hopper.*Muted.*Draft: half a thought/ })).toBeTruthy();
    socket().serverSends("typing.started", { conversationId: CHAT_ID, userId: GRACE.id, threadSeq: null });
    expect(await screen.findByRole("link", { name: /Engine room.*Grace Hopper is typing…/ })).toBeTruthy();
  });

  it("keeps archived groups apart", async () => {
    group = { ...group, archived: true };
    const user = await open("/");
    const section = await screen.findByRole("button", { name: "Archived (1)" });
    expect(screen.queryByRole("link", { name: /Engine room/ })).toBeNull();
    await user.click(section);
    expect(screen.getByRole("link", { name: /Engine room/ })).toBeTruthy();
  });
});
