// Stands in for `socket.io-client` in tests: `vi.mock("socket.io-client", () => import("…/testing/fake-socket"))`.
// The test plays the server: `socket.serverSends(…)`, `socket.answers = …`.
/** The stock parser closes the connection when such an event arrives. */
const RESERVED = ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"];

type Listener = (...args: unknown[]) => void;

export class FakeSocket {
  connected = false;
  /** Whether the stock client reconnects by itself; a real one does not after DISCONNECT or a refused CONNECT. */
  active = true;
  connects = 0;
  readonly sent: unknown[][] = [];
  answers: (name: string, args: unknown[]) => unknown = () => null;
  readonly #listeners = new Map<string, Listener[]>();
  readonly #any: Listener[] = [];

  on(name: string, listener: Listener): void {
    this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener]);
  }

  onAny(listener: Listener): void {
    this.#any.push(listener);
  }

  connect(): void {
    this.connects += 1;
  }

  disconnect(): void {
    this.connected = false;
    this.active = false;
    this.#call("disconnect", "io client disconnect");
  }

  timeout(): this {
    return this;
  }

  emit(name: string, ...args: unknown[]): void {
    const answered = args.pop() as Listener;
    this.sent.push([name, ...args]);
    const answer = this.answers(name, args);
    if (answer === null) answered(new Error("no answer"));
    else answered(null, answer);
  }

  comesUp(): void {
    this.connected = true;
    this.active = true;
    this.#call("connect");
  }

  breaks(reason: string, active = true): void {
    this.connected = false;
    this.active = active;
    this.#call("disconnect", reason);
  }

  isRefused(message: string): void {
    this.active = false;
    this.#call("connect_error", new Error(message));
  }

  serverSends(name: string, ...args: unknown[]): void {
    if (RESERVED.includes(name)) throw new Error(`no server can send ${name}`);
    for (const listener of this.#any) listener(name, ...args);
    this.#call(name, ...args);
  }

  #call(name: string, ...args: unknown[]): void {
    for (const listener of this.#listeners.get(name) ?? []) listener(...args);
  }
}

let latest = new FakeSocket();

export function io(): FakeSocket {
  latest = new FakeSocket();
  return latest;
}

/** The socket that the code under test has made last. */
export function socket(): FakeSocket {
  return latest;
}
