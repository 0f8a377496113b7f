// One clientId, one message: repeated in a row, on two replicas at once, by a client that lost the
// answer. And a replica that is stopped in the middle of appends does not stop the other.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import { holdsReceipts, messagesOf } from './harness/check.mjs';
import { Confab } from './harness/confab.mjs';
import { Fleet, ROOMY } from './harness/fleet.mjs';
import { signUpMany } from './harness/http.mjs';
import { scenario } from './harness/scenario.mjs';
import { sleep, together, until, within } from './harness/wait.mjs';

async function conversation(urls) {
  const people = await signUpMany(urls, ['ann', 'ben']);
  const { id } = await people[0].createGroup('once', [people[1].id]);
  return { ann: people[0], ben: people[1], id };
}

/** Three times at once, 60 messages: one 201 each, and the same numbers three times. */
async function threeTimesAtOnce(ann, id) {
  await together(6, Array(60).keys(), async (n) => {
    const body = { body: `message ${n}`, clientId: randomUUID() };
    const line = `POST /api/conversations/${id}/messages`;
    const answers = await Promise.all([0, 1, n % 2].map((at) => ann.call(line, body, { at })));
    assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 200, 201]);
    for (const answer of answers) assert.deepEqual(answer.json, answers[0].json);
    assert.equal(answers[0].json.clientId, body.clientId);
  });
  const messages = messagesOf(await ann.log(id));
  assert.equal(messages.length, 60);
  assert.equal(new Set(messages.map((event) => event.data.body)).size, 60);
}

scenario('three times with one clientId on two replicas at once exists once', async (things) => {
  const fleet = await Fleet.start(things, { apis: 2, gateways: 0 });
  const { ann, id } = await conversation(fleet.apiUrls);
  await threeTimesAtOnce(ann, id);
});

scenario('three times with one clientId exists once on the embedded store, also after kill -9', async (things) => {
  const server = await Confab.start(things, { settings: ROOMY });
  const { ann, id } = await conversation([server.url]);
  await threeTimesAtOnce(ann, id);
  const clientId = randomUUID();
  const first = await ann.send(id, 'before', { clientId });
  await server.kill();
  await server.start();
  const { status, attempts, ...second } = await ann.send(id, 'before', { clientId });
  assert.deepEqual([status, attempts], [200, 1]);
  assert.deepEqual({ ...second, status: 201, attempts: 1 }, first);
});

scenario('a clientId is one person\'s, in one conversation, for one content', async (things) => {
  const fleet = await Fleet.start(things, { apis: 2, gateways: 0 });
  const { ann, ben, id } = await conversation(fleet.apiUrls);
  const other = await ann.createGroup('another');
  const clientId = randomUUID();
  const first = await ann.send(id, 'hello', { clientId });
  const bens = await ben.send(id, 'hello', { clientId });
  const elsewhere = await ann.send(other.id, 'hello', { clientId });
  assert.deepEqual([first.status, bens.status, elsewhere.status], [201, 201, 201]);
  assert.notEqual(bens.seq, first.seq);
  for (const change of [{ body: 'something else' }, { body: 'hello', replyTo: first.seq }]) {
    const answer = await ann.call(`POST /api/conversations/${id}/messages`, { clientId, ...change }, { at: 1 });
    assert.deepEqual([answer.status, answer.json.code], [409, 'client_id_reused']);
  }
  const group = { kind: 'group', name: 'once more', memberIds: [ben.id], clientId: randomUUID() };
  const [made, same] = [await ann.must(201, 'POST /api/conversations', group), await ann.must(200, 'POST /api/conversations', group, { at: 1 })];
  assert.equal(same.conversation.id, made.conversation.id);
  const changed = await ann.call('POST /api/conversations', { ...group, name: 'another name' });
  assert.deepEqual([changed.status, changed.json.code], [409, 'client_id_reused']);
  // The sender left: a repeat of what was answered before is still answered, anything new is not.
  await ben.must(204, `DELETE /api/conversations/${id}/members/me`);
  const repeat = await ben.send(id, 'hello', { clientId });
  assert.deepEqual([repeat.status, repeat.seq], [200, bens.seq]);
  const refused = await ben.call(`POST /api/conversations/${id}/messages`, { body: 'no more' }, { at: 1 });
  assert.ok([403, 404].includes(refused.status), `${refused.status}`);
});

scenario('a replica stopped in the middle of appends: the other goes on, and nothing is doubled', async (things) => {
  const fleet = await Fleet.start(things, { apis: 2, gateways: 0 });
  const { ann, ben, id } = await conversation(fleet.apiUrls);
  const [first] = fleet.apis;
  const receipts = [];
  let done = false;
  let byOther = 0;
  // Lanes on the first replica lose answers while it stands still and ask the other one.
  const onFirst = async (lane) => {
    for (let n = 0; !done; n++) receipts.push(await ann.send(id, `first ${lane} ${n}`, { at: 0, timeout: 1500 }));
  };
  const onOther = async (lane) => {
    for (let n = 0; !done; n++) {
      receipts.push(await ben.send(id, `other ${lane} ${n}`, { at: 1, timeout: 60_000 }));
      byOther += 1;
    }
  };
  const lanes = [0, 1, 2, 3].flatMap((lane) => [onFirst(lane), onOther(lane)]);
  const stops = async () => {
    try {
      for (let round = 0; round < 8; round++) {
        await sleep(100 + Math.random() * 300);
        first.pause();
        const before = byOther;
        await until(`the other replica to go on, round ${round}`, () => byOther >= before + 30);
        await sleep(round % 2 === 0 ? 0 : 2500);
        first.resume();
      }
    } finally {
      done = true;
    }
  };
  await within('all stops and lanes', Promise.all([...lanes, stops()]), 180_000);

  const log = await ann.log(id, { at: 1 });
  holdsReceipts(log, receipts);
  assert.equal(messagesOf(log).length, receipts.length);
  assert.deepEqual(await ann.log(id), log);
  assert.ok(receipts.some((receipt) => receipt.attempts > 1), 'no answer was lost: the stop was not felt');
});
