// What a server holds, by all that can be seen of it from outside; and that it is back at what it was.

import assert from 'node:assert/strict';
import fs from 'node:fs/promises';

import { metrics } from './metrics.mjs';
import { until } from './wait.mjs';

/** Tasks and connections come and go by a few. */
const FEW = 12;

export class Residue {
  /** `url`: of the metrics of `server`, when nothing but what stays is there. */
  static async of(url, server) {
    const residue = new Residue(url, server);
    residue.before = await residue.now();
    return residue;
  }

  constructor(url, server) {
    Object.assign(this, { url, server });
  }

  /** From now on memory is held against what it is now. */
  async warm() {
    this.before.mebibytes = (await this.now()).mebibytes;
  }

  async now() {
    const page = await metrics(this.url);
    return {
      sockets: page.value('confab_sockets'),
      lines: page.value('confab_lines', { state: 'claimed' }),
      tasks: page.value('confab_async_tasks'),
      connections: await connections(this.server.child.pid),
      mebibytes: Math.round(page.value('process_resident_memory_bytes') / 2 ** 20),
    };
  }

  /** Waits until nothing is left of what came after `before`, but so many tasks and mebibytes; gives what it is then. */
  async gone({ mebibytes, tasks = 0 }) {
    let last;
    const { before } = this;
    await until('nothing to be left', async () => {
      last = await this.now();
      const few = (what, more = 0) => last[what] <= before[what] + more + FEW;
      return last.sockets === before.sockets && last.lines === before.lines && few('tasks', tasks) && few('connections');
    }, { every: 100 }).catch((error) => {
      throw new Error(`${error.message}: ${JSON.stringify(last)}, before ${JSON.stringify(before)}`);
    });
    assert.ok(last.mebibytes - before.mebibytes <= mebibytes, `memory: ${JSON.stringify(last)}, before ${JSON.stringify(before)}`);
    return last;
  }
}

/** The sockets among the process's descriptors; files of the store are opened as they are needed. */
async function connections(pid) {
  const folder = `/proc/${pid}/fd`;
  const links = await Promise.all((await fs.readdir(folder)).map((name) => fs.readlink(`${folder}/${name}`).catch(() => '')));
  return links.filter((link) => link.startsWith('socket:')).length;
}
