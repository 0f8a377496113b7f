// Searching in a fleet: messages are sent through one replica while the other, which indexes, is killed with -9 again and again.
// In the end each message is found exactly once, edits and deletions are followed, who was removed finds nothing, and the index is
// the very one that `confab reindex` makes.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import { Confab, merge } from './harness/confab.mjs';
import { Fleet } from './harness/fleet.mjs';
import { signUpMany } from './harness/http.mjs';
import { scenario } from './harness/scenario.mjs';
import { sleep, together, until } from './harness/wait.mjs';

const MESSAGES = 300;
const KILLS = 4;
const ROOMY = { limits: { searches_burst: 100_000, searches_per_second: 100_000 } };

/** One event by the store's own append. */
async function append(fleet, by, stream, type, data, rows = []) {
  const event = { stream, type, version: 1, target: null, data: JSON.stringify(data) };
  const command = JSON.stringify({ actor: by.id, client: randomUUID(), hash: '0'.repeat(32), expect: [], events: [event], rows });
  const [[outcome]] = await fleet.database.query(
    `select confab_append_rule('${command}'::jsonb || jsonb_build_object('epoch', (select epoch from log_head)))`,
  );
  assert.equal(JSON.parse(outcome).outcome, 'appended', outcome);
}

const numbers = (count) => Array.from({ length: count }, (_, n) => n);

/** All that a person finds, page by page: `seq` → the shown text. No message may come twice. */
async function found(person, q) {
  const hits = new Map();
  let cursor = '';
  do {
    const page = await person.must(200, `GET /api/search?limit=50&q=${encodeURIComponent(q)}${cursor}`);
    for (const hit of page.hits) {
      assert.ok(!hits.has(hit.seq), `${q}: ${hit.seq} came twice`);
      hits.set(hit.seq, hit.snippet.map((part) => part.text).join(''));
    }
    cursor = page.next && `&cursor=${page.next}`;
  } while (cursor);
  return hits;
}

const allIndexed = (fleet) => until('the index to hold the whole log', async () => {
  const [[indexed, head]] = await fleet.database.query('select position, (select max(position) from events) from indexed');
  return indexed === head;
});

const theIndex = async (fleet) => ({
  messages: await fleet.database.query('select position, stream_id, actor_id, at, has_file, terms from search_messages order by position'),
  mentions: await fleet.database.query('select stream_id, user_id, seq, actor_id from mentions order by stream_id, seq, user_id'),
});

scenario('each message is found once, whenever the indexer was killed', async (things) => {
  const fleet = await Fleet.start(things, { apis: 1, gateways: 0, settings: ROOMY });
  const [indexing] = fleet.apis;
  const writing = await Confab.start(things, {
    role: ['api'], label: 'api 2', settings: merge(fleet.settings, { search: { indexer: 'off' } }),
  });
  const [ada, bob, eve] = await signUpMany([writing.url], ['ada', 'bob', 'eve']);
  const { id } = await ada.createGroup('the room', [bob.id, eve.id]);
  await append(fleet, ada, id, 'conversation.visibility_changed', { visibility: 'private' });
  await fleet.database.query(`update streams set visibility = 'private' where id = '${id}'`);

  const expected = new Map();
  const of = (seq) => `/api/conversations/${id}/messages/${seq}`;
  const write = together(8, numbers(MESSAGES), async (n) => {
    const body = `needle number${n} 東京${n % 7} ${n % 4 ? '' : '@eve '}${'hay '.repeat(n % 50)}`;
    const author = n % 2 ? ada : bob;
    const { seq } = await author.send(id, body);
    expected.set(seq, body);
    if (n % 10 === 3) {
      const changed = `needle, changed: number${n}`;
      await author.must(200, `PATCH ${of(seq)}`, { body: changed });
      expected.set(seq, changed);
    } else if (n % 10 === 6) {
      await ada.must(204, `DELETE ${of(seq)}`);
      expected.delete(seq);
    }
  });
  let open = true;
  const done = write.finally(() => { open = false; });
  for (let kill = 0; kill < KILLS || open; kill++) {
    await sleep(150 + Math.random() * 500);
    await indexing.kill();
    await indexing.start();
  }
  await done;
  await allIndexed(fleet);

  const hits = await found(ada, 'needle');
  assert.deepEqual([...hits.keys()].sort((a, b) => a - b), [...expected.keys()].sort((a, b) => a - b));
  for (const [seq, text] of hits) assert.ok(expected.get(seq).startsWith(text.replace(/…$/, '').slice(0, 60)), `${seq}: ${text}`);
  const changed = [...expected.values()].filter((body) => body.includes('changed')).length;
  assert.equal((await found(bob, 'changed from:ada')).size + (await found(bob, 'changed from:bob')).size, changed);
  assert.equal((await found(eve, '京3')).size, [...expected.values()].filter((body) => body.includes('東京3')).length);

  const { conversation } = await eve.must(200, `GET /api/conversations/${id}`);
  assert.equal(conversation.mentions, [...expected.values()].filter((body) => body.includes('@eve')).length);

  // Who was removed finds nothing from that commit on, whatever is indexed.
  await append(fleet, ada, id, 'member.removed', { userId: eve.id }, [{ row: 'drop_member', stream: id, user: eve.id }]);
  assert.equal((await found(eve, 'needle')).size, 0);
  assert.equal((await found(eve, `in:${id} needle`)).size, 0);

  await allIndexed(fleet);
  const before = await theIndex(fleet);
  const { stdout } = await fleet.confab(['reindex']);
  assert.match(stdout, /made again, up to position \d+/);
  assert.deepEqual(await theIndex(fleet), before, 'the index is that of the whole log');
  assert.equal(before.messages.length, expected.size);
});

scenario('one node that is killed while it indexes finds each message once', async (things) => {
  const server = await Confab.start(things, { settings: merge(ROOMY, { limits: { messages_burst: 100_000 } }) });
  const [ada] = await signUpMany([server.url], ['ada']);
  const { id } = await ada.createGroup('the room');
  const expected = [];
  let open = true;
  const write = together(4, numbers(200), async (n) => {
    expected.push((await ada.send(id, `needle ${n}`)).seq);
  }).finally(() => { open = false; });
  for (let kill = 0; kill < 3 || open; kill++) {
    await sleep(100 + Math.random() * 300);
    await server.kill();
    await server.start();
  }
  await write;
  const hits = await until('all to be found', async () => {
    const now = await found(ada, 'needle');
    return now.size >= expected.length && now;
  });
  assert.deepEqual([...hits.keys()].sort((a, b) => a - b), expected.sort((a, b) => a - b));
});
