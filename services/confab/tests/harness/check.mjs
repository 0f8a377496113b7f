// What a client holds against what the log says.

import assert from 'node:assert/strict';

import { until } from './wait.mjs';

/** Waits until the room has reached `seq`; says where it stands if it never does. */
export async function reaches(room, seq, label = 'a client') {
  try {
    await until('', () => room.last !== null && room.last >= seq);
  } catch {
    const state = room.listening ? 'listening' : 'not listening';
    throw new Error(`${label} stands at ${room.last} of ${seq} in ${room.id}, ${state}`);
  }
}

/** The room holds exactly the log's events from its start on, envelope by envelope. */
export function holdsLog(room, log, label = 'a client') {
  const expected = log.events.filter((event) => event.seq > room.start);
  assert.deepEqual(room.events.map((event) => event.seq), expected.map((event) => event.seq), `${label}: seqs of ${room.id}`);
  assert.deepEqual(room.events, expected, `${label}: envelopes of ${room.id}`);
}

/** Every receipt stands in the log once, at the place and with the content it names. */
export function holdsReceipts(log, receipts) {
  const bySeq = new Map(log.events.map((event) => [event.seq, event]));
  const places = new Set();
  for (const receipt of receipts) {
    const event = bySeq.get(receipt.seq);
    assert.ok(event, `nothing at seq ${receipt.seq}, which was answered to ${receipt.clientId}`);
    assert.equal(event.type, 'message.posted');
    assert.deepEqual(
      { clientId: event.clientId, body: event.data.body, actorId: event.actorId, position: event.position, messageNo: event.messageNo, at: event.at },
      { clientId: receipt.clientId, body: receipt.body, actorId: receipt.actorId, position: receipt.position, messageNo: receipt.messageNo, at: receipt.at },
    );
    assert.ok(!places.has(receipt.seq), `two messages were answered seq ${receipt.seq}`);
    places.add(receipt.seq);
  }
}

/** The messages of the log, by message number, gapless from 1. */
export function messagesOf(log) {
  const messages = log.events.filter((event) => event.type === 'message.posted');
  messages.forEach((event, index) => assert.equal(event.messageNo, index + 1, `message_no of seq ${event.seq}`));
  return messages;
}
