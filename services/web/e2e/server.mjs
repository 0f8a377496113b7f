// Starts and kills the real server for the browser tests, on a data folder of its own.
import { spawn } from "node:child_process";
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

  static async create() {
    const server = new TestServer();
    server.#folder = await mkdtemp(join(tmpdir(), "confab-e2e-"));
    server.#port = await freePort();
    await server.start();
    return server;
  }

  get url() {
    return `http://127.0.0.1:${this.#port}`;
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
