// Starts and kills the real server for the browser tests, on a data folder of its own.
//
// With CONFAB_URL the tests run against a server that is there already, perhaps with people in it from
// earlier runs, so every test makes its names with `name()`. What needs its own server says so by `server.own`.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const BINARY = process.env.CONFAB_BIN ?? fileURLToPath(new URL("../../../target/debug/confab", import.meta.url));
/** Only a net: a start that takes longer is broken. */
const START_MILLIS = 60_000;

export class TestServer {
  #folder;
  #port;
  #process;
  #log = "";
  #run = randomBytes(4).toString("hex");
  #settings;

  /** `settings` are environment variables, for a server of the test's own. */
  static async create(settings = {}) {
    const server = new TestServer();
    server.#settings = settings;
    if (process.env.CONFAB_URL !== undefined) return server;
    server.#folder = await mkdtemp(join(tmpdir(), "confab-e2e-"));
    server.#port = await freePort();
    await server.start();
    return server;
  }

  /** Whether the server is the test's own, to be killed and restarted. */
  get own() {
    return this.#folder !== undefined;
  }

  get url() {
    return process.env.CONFAB_URL?.replace(/\/$/, "") ?? `http://127.0.0.1:${this.#port}`;
  }

  /** A name that nobody else has: two runs may share a server. */
  name(word) {
    return `${word}_${this.#run}`;
  }

  async start() {
    const child = spawn(BINARY, [], {
      cwd: this.#folder,
      env: {
        ...process.env,
        CONFAB__HTTP__LISTEN: `127.0.0.1:${this.#port}`,
        // All people of the tests come from one address.
        CONFAB__LIMITS__SIGN_UPS_BURST: "100000",
        CONFAB__LIMITS__CONVERSATIONS_BURST: "100000",
        CONFAB__DATABASE__URL: `sqlite://${join(this.#folder, "confab.db")}`,
        CONFAB__LIMITS__MESSAGES_BURST: "1000",
        ...this.#settings,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process = child;
    child.stderr.on("data", (text) => (this.#log += text));
    await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`the server did not start: ${this.#log}`)), START_MILLIS);
      child.stdout.on("data", (text) => {
        this.#log += text;
        if (!/ is open at /.test(this.#log)) return;
        clearTimeout(timer);
        resolve();
      });
      child.once("error", reject);
      child.once("exit", (code) => reject(new Error(`the server ended with ${code}: ${this.#log}`)));
    });
  }

  /** kill -9 */
  async kill() {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
    this.#log = "";
  }

  async remove() {
    if (!this.own) return;
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}
