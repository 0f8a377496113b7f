// A `fetch` for tests that answers from a table of calls; what is not in the table fails the test.
import { vi } from "vitest";

type Reply = (call: { body: unknown; query: URLSearchParams }) => { status?: number; body?: unknown };

export function fakeServer(table: Record<string, Reply>) {
  const calls: { name: string; body: unknown }[] = [];
  const answer = vi.fn((input: string, init?: RequestInit): Promise<Response> => {
    const url = new URL(input, "http://confab.test");
    const name = `${init?.method ?? "GET"} ${url.pathname.replace(/^\/api/, "")}`;
    const body: unknown = typeof init?.body === "string" ? JSON.parse(init.body) : undefined;
    calls.push({ name, body });
    const reply = table[name];
    if (reply === undefined) throw new Error(`the fake server knows no ${name}`);
    const { status = 200, body: told } = reply({ body, query: url.searchParams });
    if (status === 0) return Promise.reject(new TypeError("failed to fetch"));
    return Promise.resolve(new Response(told === undefined ? null : JSON.stringify(told), { status }));
  });
  vi.stubGlobal("fetch", answer);
  return { calls, table };
}
