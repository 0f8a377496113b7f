// The referee must see each fault it is there for, and none where there is none.

import assert from 'node:assert/strict';
import test from 'node:test';

import { Room } from './room.mjs';

const event = (seq) => ({ conversationId: 'c', seq });
const page = (from, to, more = false) => ({
  ok: true, seq: to, epoch: 'e', more, events: Array.from({ length: to - from }, (_, i) => event(from + 1 + i)),
});

function room(after = null) {
  const complaints = [];
  return { complaints, room: new Room('c', after, undefined, (text) => complaints.push(text)) };
}

function joined(answer = page(5, 5), after = null) {
  const made = room(after);
  made.room.answered(made.room.joining(), answer);
  return made;
}

test('a bare join starts at the head and takes what follows', () => {
  const { room: r, complaints } = joined();
  for (const seq of [6, 7, 8]) assert.equal(r.received(event(seq)), undefined);
  assert.deepEqual([r.start, r.last, r.events.map((e) => e.seq), complaints], [5, 8, [6, 7, 8], []]);
});

test('pages are joined together and then live events', () => {
  const { room: r, complaints } = room(0);
  assert.equal(r.answered(r.joining(), page(0, 200, true)), 'again');
  assert.deepEqual(r.question(), { after: 200, epoch: 'e' });
  assert.equal(r.answered(r.joining(), page(200, 250)), undefined);
  r.received(event(251));
  assert.deepEqual([r.last, r.events.length, complaints], [251, 251, []]);
});

const FAULTS = [
  ['a hole', joined, (r) => assert.equal(r.received(event(7)), 'hole')],
  ['a repeat', joined, (r) => { r.received(event(6)); r.received(event(6)); }],
  ['an event that the page had', () => joined(page(0, 3), 0), (r) => r.received(event(3))],
  ['a swap', joined, (r) => { r.received(event(7)); r.received(event(6)); }],
  ['an event before the first answer', () => room(0), (r) => { r.joining(); r.received(event(1)); }],
  ['an event between two pages', () => joined(page(0, 200, true), 0), (r) => r.received(event(201))],
  ['an event on a new connection before its join', joined, (r) => { r.disconnected(); r.received(event(6)); }],
  ['a page that starts too late', () => room(3), (r) => r.answered(r.joining(), page(4, 6))],
  ['a page that repeats', () => room(3), (r) => r.answered(r.joining(), page(2, 6))],
  ['a page that says another end', () => room(0), (r) => r.answered(r.joining(), { ...page(0, 3), seq: 5 })],
  ['a page with more and nothing in it', () => room(0), (r) => r.answered(r.joining(), page(0, 0, true))],
  ['an answer without a code', () => room(0), (r) => r.answered(r.joining(), { ok: false })],
];
for (const [name, arrange, act] of FAULTS) {
  test(`sees ${name}`, () => {
    const { room: r, complaints } = arrange();
    assert.deepEqual(complaints, []);
    act(r);
    assert.notEqual(complaints.length, 0);
  });
}

test('events of the earlier join may come while the next one is under way', () => {
  const { room: r, complaints } = joined();
  const join = r.joining();
  r.received(event(6));
  r.answered(join, page(5, 7));
  r.received(event(8));
  assert.deepEqual([r.events.map((e) => e.seq), complaints], [[6, 7, 8], []]);
});
