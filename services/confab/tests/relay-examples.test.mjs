// The example consumers of CONFAB_LOG, in Rust and in JavaScript, as a stranger runs them: killed under load and started again
// they count every message once; and they notice that the log is another one after a restore.

import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { Child } from './harness/child.mjs';
import { CONFAB } from './harness/confab.mjs';
import { Fleet } from './harness/fleet.mjs';
import { signUpMany } from './harness/http.mjs';
import { LogStream } from './harness/log-stream.mjs';
import { scenario } from './harness/scenario.mjs';
import { sleep, until } from './harness/wait.mjs';

const EXAMPLES = fileURLToPath(new URL('../../../proto/examples', import.meta.url));

/** How each example is started, given where NATS is and its file. */
const PROGRAMS = {
  Rust: (nats, file) => [path.join(path.dirname(CONFAB), 'examples/consume_log'), [nats, file], {}],
  JavaScript: (nats, file) => [process.execPath, [path.join(EXAMPLES, 'consume-log.mjs'), file], { NATS_URL: nats }],
};

class Consumer {
  constructor(things, start, nats, file) {
    Object.assign(this, { start, nats, file });
    things.onEnd(() => this.child?.end('SIGKILL'));
  }

  launch() {
    const [program, args, env] = this.start(this.nats, this.file);
    this.child = new Child(program, args, { env: { PATH: process.env.PATH, ...env } });
  }

  async state() {
    if (!this.child.running) throw new Error(`the example ended:\n${this.child.stderr}`);
    try {
      return JSON.parse(await fs.readFile(this.file, 'utf8'));
    } catch {
      return { position: 0 };
    }
  }

  /** Until it has counted all that the log holds; then it has counted right. */
  async isExact(fleet, stream) {
    await stream.caughtUp();
    const [head, epoch] = [await stream.head(), await stream.epoch()];
    const state = await until('the example to catch up', async () => {
      const now = await this.state();
      return now.position === head && now.epoch === epoch && now;
    });
    const rows = await fleet.database.query("select stream_id, count(*) from events where type = 'message.posted' group by stream_id");
    assert.deepEqual(state.counts, Object.fromEntries(rows.map(([id, count]) => [id, Number(count)])));
  }
}

for (const [language, start] of Object.entries(PROGRAMS)) {
  scenario(`the example in ${language} counts every message once, though it is killed, and notices a restore`, async (things) => {
    const fleet = await Fleet.start(things, { apis: 1, gateways: 0 });
    const people = await signUpMany(fleet.apiUrls, ['ada', 'bob']);
    const groups = [await people[0].createGroup('one', [people[1].id]), await people[1].createGroup('two')];
    const stream = await LogStream.open(things, fleet);
    let stop = false;
    const load = Array.from({ length: 4 }, async (_, lane) => {
      while (!stop) await people[lane === 0 ? 0 : 1].send(groups[lane % 2].id, 'hello');
    });
    await stream.caughtUp();
    const consumer = new Consumer(things, start, fleet.nats.url, path.join(await things.folder(), 'counts.json'));
    for (let round = 0; round < 3; round++) {
      consumer.launch();
      const { position } = await consumer.state();
      await until('the example to get on', async () => (await consumer.state()).position > position + 50);
      await consumer.child.end('SIGKILL');
      await sleep(100);
    }
    stop = true;
    await Promise.all(load);
    consumer.launch();
    await consumer.isExact(fleet, stream);

    // What a restore to an earlier time looks like to it.
    await fleet.database.query(`delete from events where position > ${(await stream.head()) - 20}`);
    await fleet.confab(['restored']);
    await consumer.isExact(fleet, stream);
    assert.match(consumer.child.stderr, /counting anew/);
    // And a stream that was lost and filled again, which changes nothing.
    await stream.delete();
    await people[0].send(groups[0].id, 'hello again');
    await consumer.isExact(fleet, stream);
    assert.equal(consumer.child.stderr.match(/counting anew/g).length, 1);
  });
}

scenario('three lines tail one conversation', async (things) => {
  const fleet = await Fleet.start(things, { apis: 1, gateways: 0 });
  const [ada] = await signUpMany(fleet.apiUrls, ['ada']);
  const group = await ada.createGroup('one');
  const tail = new Child(process.execPath, [path.join(EXAMPLES, 'tail-conversation.mjs'), group.id], {
    env: { PATH: process.env.PATH, NATS_URL: fleet.nats.url },
  });
  things.onEnd(() => tail.end('SIGKILL'));
  let n = 0;
  await until('the tail to show something', async () => {
    await ada.send(group.id, `message ${n++}`);
    return tail.stdout.includes('\n');
  });
  assert.match(JSON.parse(tail.stdout.split('\n')[0]).data.body, /^message \d+$/);
});
