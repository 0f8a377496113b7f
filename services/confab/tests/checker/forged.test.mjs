// The checker's own proof: a history in which all laws hold passes, and each way to break a law is found, under that
// law and, where one breach is not two, under no other.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';

import { textHash } from '../chaos/reads.mjs';
import { check } from './check.mjs';
import { ADA, BEN, EVE, GROUP, GUEST, Sample } from './sample.mjs';

async function found(forge) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'confab-forged-'));
  try {
    const sample = new Sample().project();
    forge(sample);
    sample.write(folder);
    const { findings, figures } = await check({ history: path.join(folder, 'history'), database: path.join(folder, 'database') });
    return { findings, figures, laws: [...new Set(findings.map(({ law }) => law))].sort() };
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

const event = (sample, client, seq) => sample.of(client, 'event').find((line) => line.seq === seq);
const endsOf = (sample, clientId) => sample.operationsOf(clientId).filter(({ k }) => k !== 'invoke');
const row = (sample, seq) => sample.group()[seq - 1];
const sendOf = (sample, seq) => sample.operationsOf(row(sample, seq).clientId);
const member = (sample, user) => sample.members.find(({ userId }) => userId === user);
/** Puts a line right behind another of the same client. */
const behind = (sample, client, line, other) => sample.clients[client].splice(sample.clients[client].indexOf(line) + 1, 0, other);
const live = (sample, client, seq, like) => ({ t: like.t + 1, k: 'event', client, socket: like.socket, conversation: GROUP, seq });

/** The last event of this type about a message. */
const lastRow = (sample, type, target) => sample.group().findLast((one) => one.type === type && one.targetSeq === target);
/** How the last operation of this kind ended. */
const endOf = (sample, what) => {
  const { op } = sample.operations.findLast((line) => line.do === what);
  return sample.operations.find((line) => line.op === op && line.k !== 'invoke');
};
const pageOf = (sample) => endOf(sample, 'read').messages;

const FORGED = {
  'an answer names a place that the log has not': [['acknowledged'], (s) => { sendOf(s, 5)[1].seq = 99; }],
  'an answer names the place of another message': [['acknowledged'], (s) => { Object.assign(sendOf(s, 5)[1], { seq: 7, position: row(s, 7).position, messageNo: row(s, 7).messageNo }); }],
  'an answer names no place': [['acknowledged'], (s) => { delete sendOf(s, 5)[1].seq; }],
  'an answer names another position': [['acknowledged'], (s) => { sendOf(s, 5)[1].position += 1; }],
  'the log has another text than was sent': [['acknowledged', 'phantom'], (s) => { row(s, 5).data = row(s, 5).data.replace('message', 'massage'); }],
  'the log has a message that nobody sent': [['phantom'], (s) => s.drop(s.operations, ...sendOf(s, 5))],
  'the log has a removal that nobody asked for': [['phantom'], (s) => s.drop(s.operations, ...s.operations.filter(({ op }) => op === s.operations.find((line) => line.do === 'remove').op))],
  'a message is received that is not in the log': [['complete', 'phantom'], (s) => s.line('c1', 'event', { conversation: GROUP, seq: 21 })],
  'a message is received before it is sent': [['phantom'], (s) => { event(s, 'c1', 5).t = sendOf(s, 5)[0].t - 60_000; }],
  'one clientId stands twice in the log': [['duplicate'], (s) => {
    const [first, second] = [row(s, 4), row(s, 6)];
    s.drop(s.operations, ...sendOf(s, 6));
    Object.assign(second, { clientId: first.clientId, actorId: first.actorId, data: first.data });
  }],
  'a repeat is answered with another place': [['acknowledged', 'duplicate'], (s) => { endsOf(s, row(s, 7).clientId)[1].seq = 8; }],
  'a repeat is refused after an answer': [['duplicate'], (s) => { Object.assign(endsOf(s, row(s, 7).clientId)[1], { k: 'fail', status: 409, code: 'client_id_reused' }); }],
  'a refused message is in the log': [['refused'], (s) => { Object.assign(sendOf(s, 5)[1], { k: 'fail', status: 403, code: 'forbidden' }); }],
  'what was sent after an answer stands before it': [['order'], (s) => {
    const [[later], [, answer]] = [sendOf(s, 4), sendOf(s, 5)];
    for (const line of s.operations) if (line.op === later.op) line.t = answer.t + 1;
    for (const client of ['c1', 'c2']) event(s, client, 4).t = answer.t + 2;
  }],
  'a live event is missing': [['complete', 'contiguous'], (s) => s.drop(s.clients.c1, event(s, 'c1', 5))],
  'a live event comes twice': [['contiguous'], (s) => behind(s, 'c1', event(s, 'c1', 5), live(s, 'c1', 5, event(s, 'c1', 5)))],
  'two live events are swapped': [['complete', 'contiguous'], (s) => {
    const [first, second] = [event(s, 'c1', 5), event(s, 'c1', 6)];
    Object.assign(first, { seq: 6, t: second.t });
    second.seq = 5;
  }],
  'a page has a hole': [['complete', 'contiguous'], (s) => s.of('c1', 'joined')[1].events.splice(0, 1)],
  'a page begins too early': [['contiguous'], (s) => s.of('c1', 'joined')[1].events.unshift(10)],
  'a page says another end': [['contiguous'], (s) => { s.of('c1', 'joined')[1].seq += 1; }],
  'a page says more and brings nothing': [['complete', 'contiguous'], (s) => { Object.assign(s.of('c1', 'joined')[2], { events: [], seq: 12, more: true }); }],
  'a bare join is answered with events': [['contiguous'], (s) => s.of('c3', 'joined')[1].events.push(9)],
  'a join is answered twice': [['contiguous'], (s) => behind(s, 'c1', s.of('c1', 'joined')[0], { ...s.of('c1', 'joined')[0] })],
  'an event comes to a socket that did not join': [['contiguous'], (s) => behind(s, 'c3', s.of('c3', 'joined')[0], live(s, 'c3', 4, s.of('c3', 'joined')[0]))],
  'an event comes after leaving': [['contiguous'], (s) => behind(s, 'c3', s.of('c3', 'left')[0], live(s, 'c3', 18, s.of('c3', 'left')[0]))],
  'an event comes after the page that said more': [['contiguous'], (s) => behind(s, 'c1', s.of('c1', 'joined')[1], live(s, 'c1', 12, s.of('c1', 'joined')[1]))],
  'the last event does not come': [['complete'], (s) => s.drop(s.clients.c1, event(s, 'c1', 20))],
  'a client never comes back': [['complete'], (s) => { s.clients.c1.splice(s.clients.c1.indexOf(s.of('c1', 'disconnect')[0]) + 1); }],
  'a client claims what it was not given': [['complete'], (s) => {
    Object.assign(s.of('c1', 'join')[2], { after: 13 });
    s.of('c1', 'joined')[2].events.shift();
  }],
  'an event reaches somebody after their removal': [['rights'], (s) => {
    const [refused] = s.of('c2', 'joined').filter(({ ok }) => !ok);
    behind(s, 'c2', event(s, 'c2', 15), { ...live(s, 'c2', 16, event(s, 'c2', 15)), t: refused.t });
    for (const join of s.of('c2', 'join').slice(1)) join.after = 16;
    s.of('c2', 'joined').at(-1).events.shift();
  }],
  'a removed person is let in': [['rights'], (s) => {
    const refused = s.of('c2', 'joined').find(({ ok }) => !ok);
    Object.assign(refused, { ok: true, code: undefined, seq: 16, epoch: 'epoch', more: false, events: [16] });
    s.of('c2', 'join').at(-1).after = 16;
    s.of('c2', 'joined').at(-1).events.shift();
  }],
  'a removed person gets a page that says more': [['rights'], (s) => {
    const refused = s.of('c2', 'joined').find(({ ok }) => !ok);
    Object.assign(refused, { ok: true, code: undefined, seq: 16, epoch: 'epoch', more: true, events: [16] });
    s.of('c2', 'join').at(-1).after = 16;
    s.of('c2', 'joined').at(-1).events.shift();
  }],
  'a removed person reads by HTTP': [['rights'], (s) => {
    const read = s.operations.filter((line) => line.do === 'read').at(-1);
    Object.assign(s.operations.find(({ k, op }) => k === 'fail' && op === read.op), { k: 'ok', status: 200 });
  }],
  'a member is refused by HTTP': [['rights'], (s) => {
    const read = s.operations.find((line) => line.do === 'read');
    Object.assign(s.operations.find(({ k, op }) => k === 'ok' && op === read.op), { k: 'fail', status: 404, code: 'not_found' });
  }],
  'a member is refused at a join': [['rights'], (s) => {
    const last = s.of('c3', 'joined').at(-1);
    const refused = { ...last, join: 'c3.x', ok: false, code: 'not_found', t: last.t - 10, seq: undefined, events: undefined };
    const asked = s.of('c3', 'join').at(-1);
    behind(s, 'c3', s.of('c3', 'left')[0], refused);
    behind(s, 'c3', s.of('c3', 'left')[0], { ...asked, join: 'c3.x', t: asked.t - 10 });
  }],
  'a removed person posts': [['rights'], (s) => {
    row(s, 16).actorId = BEN;
    for (const line of sendOf(s, 16)) if (line.k === 'invoke') line.actor = BEN;
  }],
  'bytes change on the way': [['bytes'], (s) => { event(s, 'c1', 5).h = '0123456789abcdef'; }],
  'a position is missing': [['numbers', 'stream'], (s) => {
    s.rows.at(-1).position += 1;
    sendOf(s, 20)[1].position += 1;
  }],
  'a messageNo is given twice': [['numbers'], (s) => { row(s, 20).messageNo -= 1; sendOf(s, 20)[1].messageNo -= 1; }],
  'the time goes back': [['numbers'], (s) => { row(s, 5).at = row(s, 4).at.replace('2026', '2025'); }],
  'the stream lacks an event in the middle': [['stream'], (s) => s.bends.push((all) => all.splice(4, 1))],
  'the stream lacks its beginning': [['stream'], (s) => s.bends.push((all) => all.splice(0, 2))],
  'the stream was emptied': [['stream'], (s) => s.bends.push((all) => all.splice(0))],
  'the stream lacks its end': [['stream'], (s) => s.bends.push((all) => all.pop())],
  'the stream has an event twice': [['stream'], (s) => s.bends.push((all) => all.splice(4, 0, all[4]))],
  'the stream has another body': [['stream'], (s) => s.bends.push((all) => { all[4].body = all[4].body.replace('message', 'massage'); })],
  'the stream has another subject': [['stream'], (s) => s.bends.push((all) => { all[4].subject = 'confab.log.message.posted.other'; })],
  'the stream has a message of another epoch': [['stream'], (s) => s.bends.push((all) => { all[4].headers['Confab-Epoch'] = 'older'; })],
  'the stream shows an internal event': [['stream'], (s) => s.bends.push((all) => {
    const internal = all.find(({ subject }) => subject.endsWith('.internal'));
    internal.body = internal.body.replace('"data":{}', `"data":{"conversationId":"${GROUP}"}`);
  })],
  'a role differs from the log': [['projections'], (s) => { member(s, BEN).role = 'admin'; }],
  'a member has no row': [['projections'], (s) => s.drop(s.members, member(s, EVE))],
  'a row has no member': [['projections'], (s) => s.members.push({ ...member(s, EVE), userId: 'nobody' })],
  'a guard differs from the log': [['projections'], (s) => { s.streams[0].guardSeq += 1; }],
  'a count of members differs from the log': [['projections'], (s) => { s.streams[0].memberCount += 1; }],
  'a conversation has no row': [['projections'], (s) => s.streams.shift()],
  'somebody is told to begin again': [['resume'], (s) => s.line('c1', 'reset', { epoch: 'other' })],
  'a join is refused with reset': [['complete', 'resume'], (s) => {
    s.line('c2', 'join', { join: 'c2.x', conversation: GROUP, after: 20, epoch: null });
    s.line('c2', 'joined', { join: 'c2.x', conversation: GROUP, ok: false, code: 'reset' });
  }],
  'a join is answered of another epoch': [['resume'], (s) => { s.of('c2', 'joined').at(-1).epoch = 'other'; }],
  'an operation ends twice': [['history'], (s) => s.operations.push({ ...sendOf(s, 5)[1] })],
  'a live event is missing, and fetched by a later page': [['contiguous'], (s) => {
    s.drop(s.clients.c1, event(s, 'c1', 19));
    s.line('c1', 'join', { join: 'c1.x', conversation: GROUP, after: 18, epoch: 'epoch' });
    s.line('c1', 'joined', { join: 'c1.x', conversation: GROUP, ok: true, seq: 20, epoch: 'epoch', more: false, events: [19, 20] });
  }],
  'an event comes after the socket was gone': [['contiguous'], (s) => behind(s, 'c1', s.of('c1', 'disconnect')[0], live(s, 'c1', 5, s.of('c1', 'disconnect')[0]))],
  'an answer comes to a join nobody asked for': [['contiguous'], (s) => s.drop(s.clients.c2, s.of('c2', 'join').find(({ after }) => after === 15))],
  'a client holds everything and does not listen': [['complete'], (s) => {
    s.line('c1', 'join', { join: 'c1.x', conversation: GROUP, after: 20, epoch: 'epoch' });
    s.line('c1', 'joined', { join: 'c1.x', conversation: GROUP, ok: false, code: 'unavailable' });
  }],
  'a client holds everything, and its last socket never joined': [['complete'], (s) => s.connect('c1', ADA, 3)],
  'the event that lets somebody back in reaches them without a join': [['contiguous', 'rights'], (s) => {
    const refused = s.of('c2', 'joined').find(({ ok }) => !ok);
    behind(s, 'c2', refused, { ...live(s, 'c2', 18, refused), t: s.of('c2', 'join').at(-1).t - 1 });
  }],
  'a guest hears a group that was made private': [['rights'], (s) => {
    s.open();
    const refused = s.of('c4', 'joined').find(({ ok }) => !ok);
    behind(s, 'c4', event(s, 'c4', 23), { ...live(s, 'c4', 25, event(s, 'c4', 23)), t: refused.t });
  }],
  'a guest is let into a group that was made private': [['rights'], (s) => {
    const refused = s.open().of('c4', 'joined').find(({ ok }) => !ok);
    Object.assign(refused, { ok: true, code: undefined, seq: 23, epoch: 'epoch', more: false, events: [] });
  }],
  'a guest is refused in a public group': [['rights'], (s) => {
    s.open();
    s.line('c4', 'join', { join: 'c4.x', conversation: GROUP, after: 27, epoch: 'epoch' });
    s.line('c4', 'joined', { join: 'c4.x', conversation: GROUP, ok: false, code: 'not_found' });
    s.line('c4', 'join', { join: 'c4.y', conversation: GROUP, after: 27, epoch: 'epoch' });
    s.line('c4', 'joined', { join: 'c4.y', conversation: GROUP, ok: true, seq: 27, epoch: 'epoch', more: false, events: [] });
  }],
  'a guest posts': [['rights'], (s) => {
    s.open();
    row(s, 27).actorId = GUEST;
    for (const line of sendOf(s, 27)) if (line.k === 'invoke') line.actor = GUEST;
  }],
  'nobody asked for a group to be made private': [['phantom'], (s) => {
    const { op } = s.open().operations.find(({ value }) => value === 'private');
    s.drop(s.operations, ...s.operations.filter((line) => line.op === op));
  }],
  'a group was made public twice and asked to be once': [['phantom'], (s) => {
    const { op } = s.open().operations.findLast(({ value }) => value === 'public');
    s.drop(s.operations, ...s.operations.filter((line) => line.op === op));
  }],
  'a refused removal is in the log': [['refused'], (s) => {
    const { op } = s.operations.find((line) => line.do === 'remove');
    Object.assign(s.operations.find((line) => line.op === op && line.k === 'ok'), { k: 'fail', status: 403, code: 'forbidden' });
  }],
  'a row says private of a public group': [['projections'], (s) => { s.open().streams[0].visibility = 'private'; }],
  'the stream has two messages swapped': [['stream'], (s) => s.bends.push((all) => all.splice(4, 2, all[5], all[4]))],
  'the stream goes on above the log': [['stream'], (s) => s.bends.push((all) => all.push({ ...all.at(-1), seq: all.length + 1 }))],
  'the stream has another header': [['stream'], (s) => s.bends.push((all) => { all[4].headers['Confab-Seq'] = '1'; })],
  'an operation ends and never began': [['history'], (s) => s.operations.push({ t: 1, k: 'ok', op: 'w-x' })],
  'an answered edit is not in the log': [['acknowledged', 'phantom'], (s) => { lastRow(s.change(), 'message.edited', 21).clientId = 'another'; }],
  'an answered deletion is not in the log': [['acknowledged', 'phantom'], (s) => {
    s.change();
    s.operations.find((line) => line.do === 'delete').target = 20;
  }],
  'an answered reaction never was': [['acknowledged', 'phantom'], (s) => { s.change().operations.find((line) => line.do === 'react').target = 20; }],
  'an edit was refused and is in the log': [['refused'], (s) => { Object.assign(endOf(s.change(), 'edit'), { k: 'fail', status: 403 }); }],
  'a pin was refused and is in the log': [['refused'], (s) => { Object.assign(endOf(s.change(), 'pin'), { k: 'fail', status: 403 }); }],
  'nobody asked for a deletion': [['phantom'], (s) => {
    const { op } = s.change().operations.find((line) => line.do === 'delete');
    s.drop(s.operations, ...s.operations.filter((line) => line.op === op));
  }],
  'somebody edits what another said': [['changes', 'shown'], (s) => {
    lastRow(s.change(), 'message.edited', 21).actorId = BEN;
    for (const line of s.operations) if (line.do === 'edit' && line.target === 21) line.actor = BEN;
  }],
  'somebody without the right deletes': [['changes', 'shown'], (s) => {
    lastRow(s.change(), 'message.deleted', 22).actorId = BEN;
    s.operations.find((line) => line.do === 'delete').actor = BEN;
  }],
  'the same reaction stands twice': [['changes', 'shown'], (s) => {
    const rows = s.change().group().filter(({ type }) => type === 'reaction.added');
    rows[1].actorId = BEN;
    s.operations.findLast((line) => line.do === 'react').actor = BEN;
  }],
  'a message changes after its deletion': [['changes'], (s) => {
    const pin = lastRow(s.change(), 'message.deleted', 22);
    lastRow(s, 'message.edited', 22).seq += 1;
    pin.seq -= 1;
    const [edit, gone] = [s.rows.indexOf(pin) - 1, s.rows.indexOf(pin)];
    [s.rows[edit], s.rows[gone]] = [s.rows[gone], s.rows[edit]];
    s.rows.forEach((one, i) => { one.position = i + 1; });
    [s.rows[edit].at, s.rows[gone].at] = [s.rows[gone].at, s.rows[edit].at];
    for (const list of Object.values(s.clients)) for (const line of list) if (line.k === 'event' && line.seq >= 29) delete line.h;
  }],
  'the content of a deleted message is still there': [['changes'], (s) => {
    s.change();
    Object.assign(row(s, 22), { redacted: false, data: JSON.stringify({ body: s.operations.find(({ clientId }) => clientId === row(s, 22).clientId).body, replyTo: null, attachments: [] }) });
  }],
  'an earlier text of a deleted message is still there': [['changes'], (s) => { Object.assign(lastRow(s.change(), 'message.edited', 22), { redacted: false, data: JSON.stringify({ targetSeq: 22, body: 'worse' }) }); }],
  'the row of a deleted message still says something': [['changes'], (s) => { row(s.change(), 22).data = '{"body":"x"}'; }],
  'content is gone that nobody deleted': [['changes'], (s) => { Object.assign(row(s.change(), 21), { data: '{}', redacted: true }); }],
  'a page brings what was deleted': [['bytes'], (s) => {
    const { h } = event(s.change(), 'c2', 22);
    s.clients.c9 = [];
    s.connect('c9', ADA, 1);
    s.line('c9', 'join', { join: 'c9.1', conversation: GROUP, after: 0, epoch: null });
    const events = s.group().map(({ seq }) => (seq === 22 ? [22, h] : seq));
    s.line('c9', 'joined', { join: 'c9.1', conversation: GROUP, ok: true, seq: 30, epoch: 'epoch', more: false, events });
  }],
  'two heard different texts before the deletion': [['bytes'], (s) => { event(s.change(), 'c1', 22).h = '0123456789abcdef'; }],
  'a page shows a text that was edited before': [['shown'], (s) => { pageOf(s.change())[0][1] = textHash('message'); }],
  'a page shows what was deleted before': [['shown'], (s) => { pageOf(s.change())[1].splice(1, 2, textHash('worse'), false); }],
  'a page lacks a reaction': [['shown'], (s) => { pageOf(s.change())[0][5] = []; }],
  'a page shows a reaction that was taken back': [['shown'], (s) => { pageOf(s.change())[0][5] = [`+ ${BEN} ${EVE}`]; }],
  'a page lacks a pin': [['shown'], (s) => { pageOf(s.change())[0][4] = false; }],
  'the events that HTTP reads have what was deleted before': [['shown'], (s) => {
    const read = endOf(s.change(), 'read');
    delete read.messages;
    read.events = [[22, event(s, 'c2', 22).h]];
  }],
  'a reply stands under what is no message': [['changes'], (s) => { lastRow(s.change(), 'message.replied', 21).targetSeq = 1; }],
  'nobody was answered': [['proof'], (s) => {
    const sends = s.operations.filter((line) => line.do === 'send').map(({ op }) => op);
    for (const line of s.operations) if (line.k === 'ok' && sends.includes(line.op)) Object.assign(line, { k: 'unknown', seq: undefined });
  }],
  'nothing was received': [['proof'], (s) => { s.clients = { c1: [] }; }],
};

test('a history in which all laws hold passes', async () => {
  const { findings, figures } = await found(() => {});
  assert.deepEqual(findings, []);
  assert.deepEqual([figures.acknowledged, figures.unknown, figures.failed, figures.sockets, figures.pairs, figures.stream], [13, 2, 1, 4, 3, 23]);
});

test('so does one with a guest in a group that is open for a while', async () => {
  const { findings, figures } = await found((sample) => sample.open());
  assert.deepEqual([findings, figures.pairs], [[], 4]);
});

test('and one in which messages change', async () => {
  const { findings, figures } = await found((sample) => sample.change());
  assert.deepEqual([findings, figures.changes], [[], 7]);
});

test('and one without CONFAB_LOG, as a single node leaves it', async () => {
  const { findings, figures } = await found((sample) => { sample.write = (folder) => {
    Sample.prototype.write.call(sample, folder);
    for (const name of ['stream.jsonl', 'state.json']) fs.rmSync(path.join(folder, 'database', name));
  }; });
  assert.deepEqual([findings, figures.stream], [[], undefined]);
});

for (const [name, [laws, forge]] of Object.entries(FORGED)) {
  test(`is found: ${name}`, async () => {
    const { findings, laws: broken } = await found(forge);
    assert.deepEqual(broken, laws, findings.map(({ law, what, where }) => `${law}: ${what} ${where}`).join('\n'));
    for (const { law, where } of findings) assert.ok(where.length > 0, `${law} names no line`);
  });
}

test('a line that is not JSON is an error that names its place', async () => {
  const forge = (sample) => { sample.write = (folder) => {
    Sample.prototype.write.call(sample, folder);
    fs.appendFileSync(path.join(folder, 'history/clients-c1.jsonl'), '{"t":1,"k":"ev');
  }; };
  await assert.rejects(found(forge), /clients-c1\.jsonl:\d+ is not JSON/);
});
