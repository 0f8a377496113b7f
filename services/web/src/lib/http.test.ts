// Requests, and the problems that they end in.

import { beforeEach, describe, expect, it, vi } from "vitest";
import { call, setUnauthorizedHandler, type ApiError } from "./http";

const fetched = vi.fn<typeof fetch>();

beforeEach(() => {
  fetched.mockReset();
  vi.stubGlobal("fetch", fetched);
  return () => vi.unstubAllGlobals();
});

function problem(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers });
}

const failure = (promise: Promise<unknown>) => promise.then(() => expect.fail("it should fail"), (error: unknown) => error as ApiError);

describe("call", () => {
  it("sends JSON to the page's own origin", async () => {
    fetched.mockResolvedValue(new Response('{"id":"1"}', { status: 201 }));
    expect(await call("POST", "/things", { body: { a: 1 }, query: { limit: 5, cursor: null } })).toEqual({ id: "1" });
    expect(fetched).toHaveBeenCalledWith(
      "/api/things?limit=5",
      expect.objectContaining({ method: "POST", body: '{"a":1}', credentials: "same-origin" }),
    );
  });

  it("answers nothing for 204", async () => {
    fetched.mockResolvedValue(new Response(null, { status: 204 }));
    expect(await call("DELETE", "/things/1")).toBeUndefined();
  });

  it("tells code, sentence, field and wait of a problem", async () => {
    fetched.mockResolvedValue(problem(429, { code: "rate_limited", detail: "too many messages", field: "body" }, { "Retry-After": "3" }));
    expect(await failure(call("POST", "/things"))).toMatchObject({
      status: 429,
      code: "rate_limited",
      message: "That was too fast. Wait a moment and try again.",
      field: "body",
      retryAfter: 3,
      passing: true,
    });
  });

  it("survives an answer that is no problem document", async () => {
    fetched.mockResolvedValue(new Response("<html>bad gateway</html>", { status: 502 }));
    expect(await failure(call("GET", "/things"))).toMatchObject({ status: 502, code: "unknown", passing: true });
  });

  it("calls an unreachable server passing", async () => {
    fetched.mockRejectedValue(new TypeError("failed to fetch"));
    expect(await failure(call("GET", "/things"))).toMatchObject({ status: 0, code: "network", passing: true });
  });

  it("gives up waiting after a while", async () => {
    vi.useFakeTimers();
    fetched.mockImplementation(
      (_, init) =>
        new Promise((_resolve, reject) => {
          init?.signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
        }),
    );
    const late = failure(call("GET", "/things"));
    await vi.advanceTimersByTimeAsync(20_000);
    expect(await late).toMatchObject({ status: 0, code: "timeout" });
    vi.useRealTimers();
  });

  it("says when the session is no longer known, but not when a password is wrong", async () => {
    const ended = vi.fn();
    setUnauthorizedHandler(ended);
    fetched.mockResolvedValueOnce(problem(401, { code: "invalid_credentials" }));
    await failure(call("POST", "/sessions"));
    expect(ended).not.toHaveBeenCalled();
    fetched.mockResolvedValueOnce(problem(401, { code: "unauthorized" }));
    await failure(call("GET", "/me"));
    expect(ended).toHaveBeenCalledOnce();
  });
});
