// One way to call the HTTP API: JSON in, JSON out, problem+json as `ApiError`, and a deadline.
// The session travels in the cookie, so requests go to the page's own origin only.
import { texts } from "./texts";

export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly code: string;
  readonly field: string | null;
  /** Seconds to wait, if the server said so. */
  readonly retryAfter: number | null;

  constructor(status: number, code: string, detail: string, field: string | null = null, retryAfter: number | null = null) {
    super(detail);
    this.status = status;
    this.code = code;
    this.field = field;
    this.retryAfter = retryAfter;
  }

  /** True if the same request may succeed later: no answer, a limit, or a server in trouble. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

type Query = Record<string, string | number | null | undefined>;

interface Call {
  body?: unknown;
  query?: Query;
  signal?: AbortSignal | undefined;
}

const DEADLINE_MILLIS = 15_000;

let onUnauthorized: () => void = () => undefined;

/** What happens when the server no longer knows the session. */
export function setUnauthorizedHandler(handler: () => void): void {
  onUnauthorized = handler;
}

export async function call<Answer>(method: string, path: string, { body, query, signal }: Call = {}): Promise<Answer> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), DEADLINE_MILLIS);
  const cancel = () => deadline.abort();
  signal?.addEventListener("abort", cancel);
  try {
    const init: RequestInit = { method, credentials: "same-origin", signal: deadline.signal };
    if (body !== undefined) {
      init.headers = { "Content-Type": "application/json" };
      init.body = JSON.stringify(body);
    }
    const response = await fetch(`/api${path}${search(query)}`, init);
    if (!response.ok) throw await problem(response);
    if (response.status === 204) return undefined as Answer;
    return (await response.json()) as Answer;
  } catch (error) {
    throw understood(error, signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", cancel);
  }
}

function understood(error: unknown, signal: AbortSignal | undefined): unknown {
  if (error instanceof ApiError) {
    if (error.code === "unauthorized") onUnauthorized();
    return error;
  }
  if (signal?.aborted === true) return error;
  if (error instanceof DOMException && error.name === "AbortError") {
    return new ApiError(0, "timeout", texts.errors.timeout);
  }
  return notReached();
}

export function notReached(): ApiError {
  return new ApiError(0, "network", texts.errors.network);
}

async function problem(response: Response): Promise<ApiError> {
  const told: unknown = await response.json().catch(() => null);
  return problemOf(response.status, told, response.headers.get("Retry-After"));
}

/** The error that an answer tells of: `told` is its body, `after` its Retry-After. */
export function problemOf(status: number, told: unknown, after: string | null): ApiError {
  const { code, detail, title, field } = (told ?? {}) as Record<string, unknown>;
  const header = Number(after ?? NaN);
  const wait = Number.isFinite(header) ? header : null;
  const said = [detail, title].find((text) => typeof text === "string" && text !== "") ?? texts.errors.status(status);
  return new ApiError(
    status,
    typeof code === "string" ? code : "unknown",
    code === "rate_limited" ? texts.errors.tooFast(wait) : (texts.errors.byCode[String(code)] ?? sentence(said)),
    typeof field === "string" ? field : null,
    wait,
  );
}

/** The server's texts are lower case without a full stop; people read sentences. */
function sentence(text: unknown): string {
  const words = String(text);
  const start = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.!?]$/.test(start) ? start : `${start}.`;
}

function search(query: Query | undefined): string {
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== null);
  if (given.length === 0) return "";
  return `?${new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString()}`;
}
