// A small history in which all laws hold, to be forged: a private group, three people, somebody removed and brought
// back, repeats, answers that were lost, a socket that broke and pages. What clients received is written from the
// log, so a change of a row changes its receipts, too.

import fs from 'node:fs';
import path from 'node:path';

import { textHash } from '../chaos/reads.mjs';
import { fingerprint } from './log.mjs';

const START = Date.UTC(2026, 10, 22, 12) * 1000;
const MS = 1000;
const NOBODY = '00000000-0000-0000-0000-000000000000';
export const [ADA, BEN, EVE, GUEST, GROUP] = ['ada', 'ben', 'eve', 'guest', 'group'];

const timeText = (t) => `${new Date(Math.floor(t / MS)).toISOString().slice(0, 19)}.${String(t % 1_000_000).padStart(6, '0')}Z`;

export class Sample {
  rows = [];
  operations = [];
  /** Lines by client. */
  clients = { c1: [], c2: [], c3: [] };
  streams = [];
  members = [];
  /** Changes to the messages of the stream, made just before they are written. */
  bends = [];
  #now = START;
  #listening = {};
  #operation = 0;
  #joins = 0;

  constructor() {
    this.#begin();
    for (let n = 0; n < 5; n++) this.say(n % 2 === 0 ? ADA : BEN, n === 3 ? 'repeated' : 'answered');
    this.refusedJoin('c3', null);
    this.rule(ADA, 'add', EVE, 'member.added', { userId: EVE, role: 'member' });
    this.join('c3', null);
    this.say(ADA);
    this.break('c1');
    for (let n = 0; n < 4; n++) this.say([EVE, BEN][n % 2], n === 1 ? 'unknown' : 'answered');
    this.connect('c1', ADA, 2);
    this.join('c1', 10, 2);
    this.join('c1', 12);
    this.read(BEN, 'ok');
    this.rule(ADA, 'remove', BEN, 'member.removed', { userId: BEN });
    delete this.#listening.c2;
    this.say(ADA);
    this.refusedJoin('c2', 15);
    this.read(BEN, 'fail');
    this.say(EVE, 'lost');
    this.say(BEN, 'refused');
    this.say(EVE);
    this.rule(ADA, 'add', BEN, 'member.added', { userId: BEN, role: 'member' });
    this.join('c2', 15);
    this.leave('c3');
    this.say(BEN);
    this.join('c3', 18);
    this.say(ADA);
  }

  #begin() {
    const created = this.#operate({ do: 'create', actor: ADA, clientId: 'create' });
    this.#row('conversation.created', ADA, { kind: 'group', name: 'a group', visibility: 'private' }, 'create');
    this.#row('member.added', ADA, { userId: ADA, role: 'owner' }, null, 0);
    this.#row('member.added', ADA, { userId: BEN, role: 'member' }, null, 0);
    this.#end(created, 'ok', { status: 201, conversation: GROUP });
    this.connect('c1', ADA, 1);
    this.connect('c2', BEN, 1);
    this.connect('c3', EVE, 1);
    this.join('c1', 0);
    this.join('c2', 0);
  }

  /** Somebody says something; `how` it went: answered, repeated, unknown (and in the log), lost (and not), refused. */
  say(actor, how = 'answered') {
    const message = { do: 'send', actor, conversation: GROUP, clientId: `id-${++this.#operation}`, body: `message ${this.#operation} "quoted"` };
    const sent = this.#operate(message);
    if (how === 'lost') return this.#end(sent, 'unknown', { why: 'time-out' });
    if (how === 'refused') return this.#end(sent, 'fail', { status: 404, code: 'not_found' });
    const row = this.#row('message.posted', actor, { body: message.body, replyTo: null, attachments: [] }, message.clientId);
    const place = { status: 201, seq: row.seq, position: row.position, messageNo: row.messageNo };
    this.#end(sent, how === 'unknown' ? 'unknown' : 'ok', how === 'unknown' ? { why: 'reset' } : place);
    if (how === 'repeated') this.#end(this.#operate(message), 'ok', { ...place, status: 200 });
    this.#deliver(row);
    return row;
  }

  rule(actor, what, user, type, data) {
    const asked = this.#operate({ do: what, actor, conversation: GROUP, user });
    const row = this.#row(type, actor, data, `rule-${asked.op}`);
    this.#row(what === 'add' ? 'conversation.entered' : 'conversation.exited', user, { conversationId: GROUP }, null, 0, user);
    this.#end(asked, 'ok', { status: 201, seq: row.seq, position: row.position, messageNo: row.messageNo });
    this.#deliver(row);
  }

  /** The group is made public, or private: then the guest listens no longer. */
  show(visibility) {
    const asked = this.#operate({ do: 'visibility', actor: ADA, conversation: GROUP, value: visibility });
    const row = this.#row('conversation.visibility_changed', ADA, { visibility }, `rule-${asked.op}`);
    this.#end(asked, 'ok', { status: 201, seq: row.seq, position: row.position, messageNo: row.messageNo });
    this.#deliver(row);
    if (visibility === 'private') delete this.#listening.c4;
  }

  /** Goes on after the end: the group is open, closed from 23 on, open again from 26 on, and a guest listens. */
  open() {
    this.clients.c4 = [];
    this.show('public');
    this.connect('c4', GUEST, 1);
    this.join('c4', null);
    this.say(ADA);
    this.show('private');
    this.say(ADA);
    this.say(BEN);
    this.refusedJoin('c4', 23);
    this.show('public');
    this.join('c4', 23);
    this.say(EVE);
    return this.project();
  }

  /** Goes on after the end: 21 is edited, pinned and has a reaction and a reply, 22 is edited and deleted by the owner, and a page shows both. */
  change() {
    this.say(ADA);
    this.say(EVE);
    this.#change('edit', ADA, 21, 'message.edited', { body: 'better' });
    this.#change('react', BEN, 21, 'reaction.added', { emoji: '+' });
    this.#change('react', EVE, 21, 'reaction.added', { emoji: '+' });
    this.#change('unreact', BEN, 21, 'reaction.removed', { emoji: '+' });
    this.#change('pin', ADA, 21, 'message.pinned');
    this.#change('reply', EVE, 21, 'message.replied', { body: 'an answer' });
    this.#change('edit', EVE, 22, 'message.edited', { body: 'worse' });
    this.#change('delete', ADA, 22, 'message.deleted');
    const page = [[21, textHash('better'), false, true, true, [`+ ${EVE}`]], [22, textHash(''), true, false, false, []]];
    this.#end(this.#operate({ do: 'read', actor: BEN, conversation: GROUP }), 'ok', { status: 200, messages: page });
    this.break('c1');
    this.connect('c1', ADA, 4);
    this.join('c1', 30);
    return this.project();
  }

  #change(what, actor, target, type, data = {}) {
    const clientId = data.body && `id-${++this.#operation}`;
    const { body, emoji } = data;
    const asked = this.#operate({ do: what, actor, conversation: GROUP, target, body, emoji, clientId });
    const row = this.#row(type, actor, { targetSeq: target, ...data }, clientId ?? `rule-${asked.op}`);
    row.targetSeq = target;
    if (what === 'delete') for (const one of this.group()) if (one.seq === target || (one.type === 'message.edited' && one.targetSeq === target)) this.#blank(one);
    const place = what === 'reply' ? { seq: row.seq, position: row.position, messageNo: row.messageNo } : {};
    this.#end(asked, 'ok', { status: 200, ...place });
    this.#deliver(row);
  }

  /** Who heard it before keeps it as it was. */
  #blank(row) {
    const h = fingerprint(row);
    for (const lines of Object.values(this.clients)) for (const line of lines) if (line.k === 'event' && line.seq === row.seq) line.h = h;
    Object.assign(row, { data: '{}', redacted: true });
  }

  read(actor, k) {
    const asked = this.#operate({ do: 'read', actor, conversation: GROUP });
    this.#end(asked, k, k === 'ok' ? { status: 200 } : { status: 404, code: 'not_found' });
  }

  connect(client, user, socket) {
    Object.assign(this.#client(client), { user, socket: `${client}.${socket}` });
    this.line(client, 'connect', { user, gateway: 'gateway 1', transport: 'websocket' });
  }

  break(client) {
    this.line(client, 'disconnect', { why: 'transport close' });
    delete this.#listening[client];
  }

  /** Joins after `after`; a page has at most `most` events. */
  join(client, after, most = 100) {
    const join = this.#ask(client, after);
    const from = after ?? this.#head();
    const end = Math.min(from + most, this.#head());
    const seqs = Array.from({ length: end - from }, (_, index) => from + 1 + index);
    const more = end < this.#head();
    this.line(client, 'joined', { join, conversation: GROUP, ok: true, seq: end, epoch: 'epoch', more, events: seqs });
    if (!more) this.#listening[client] = true;
  }

  refusedJoin(client, after) {
    this.line(client, 'joined', { join: this.#ask(client, after), conversation: GROUP, ok: false, code: 'not_found' });
  }

  leave(client) {
    delete this.#listening[client];
    this.line(client, 'left', { conversation: GROUP });
  }

  line(client, k, fields) {
    const { socket } = this.#client(client);
    this.clients[client].push({ t: this.#tick(), k, client, socket, ...fields });
  }

  /** The lines of a client that are of this kind. */
  of(client, k) {
    return this.clients[client].filter((line) => line.k === k);
  }

  drop(list, ...gone) {
    for (const one of gone) list.splice(list.indexOf(one), 1);
  }

  operationsOf(clientId) {
    const begun = this.operations.filter((line) => line.clientId === clientId).map(({ op }) => op);
    return this.operations.filter(({ op }) => begun.includes(op));
  }

  /** Rows of the group. */
  group() {
    return this.rows.filter((row) => row.conversationId === GROUP);
  }

  write(folder) {
    const put = (name, list) => {
      fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      fs.writeFileSync(path.join(folder, name), list.map((one) => `${JSON.stringify(one)}\n`).join(''));
    };
    const hashes = new Map(this.group().map((row) => [row.seq, fingerprint({ ...row, data: row.data })]));
    const received = (line) => {
      if (line.k === 'event') return { h: hashes.get(line.seq) ?? 'none', ...line };
      if (line.k === 'joined' && line.ok) return { ...line, events: line.events.map((one) => (Array.isArray(one) ? one : [one, hashes.get(one) ?? 'none'])) };
      return line;
    };
    put('history/writers.jsonl', this.operations);
    for (const [client, list] of Object.entries(this.clients)) put(`history/clients-${client}.jsonl`, list.map(received));
    put('database/log.jsonl', this.rows);
    put('database/streams.jsonl', this.streams);
    put('database/members.jsonl', this.members);
    const messages = this.rows.map(message);
    this.bends.forEach((bend) => bend(messages));
    put('database/stream.jsonl', messages);
    put('database/state.json', [{ first_seq: 1, last_seq: messages.length, messages: messages.length }]);
  }

  /** The tables as a fold of the log makes them; to be called before they are forged. */
  project() {
    const group = this.group();
    const shown = group.findLast(({ type }) => type === 'conversation.visibility_changed');
    const { visibility } = shown ? JSON.parse(shown.data) : { visibility: 'private' };
    this.streams = [
      { id: GROUP, kind: 'group', guardSeq: shown?.seq ?? 1, name: 'a group', visibility, archivedAt: null, createdAt: START + 1000 * MS, memberCount: 3 },
      ...[ADA, BEN, EVE].map((id) => ({ id, kind: 'user', guardSeq: 0, name: null, visibility: 'private', archivedAt: null, createdAt: START })),
    ];
    const since = (user) => group.findLast(({ type, data }) => type === 'member.added' && JSON.parse(data).userId === user).seq;
    this.members = [ADA, BEN, EVE].map((userId) => ({ streamId: GROUP, userId, role: userId === ADA ? 'owner' : 'member', sinceSeq: since(userId), guardSeq: since(userId) }));
    return this;
  }

  #head() {
    return this.group().length;
  }

  #client(name) {
    return this.clients[name];
  }

  #ask(client, after) {
    const join = `${client}.${++this.#joins}`;
    this.line(client, 'join', { join, conversation: GROUP, after, epoch: null });
    return join;
  }

  #tick() {
    return (this.#now += 200 * MS);
  }

  #operate(fields) {
    const op = `w-${this.operations.length}`;
    this.operations.push({ t: this.#tick(), k: 'invoke', op, ...fields, at: 'api 1' });
    return { op };
  }

  #end({ op }, k, fields) {
    this.operations.push({ t: this.#tick(), k, op, ...fields });
  }

  #row(type, actorId, data, clientId, wait = 800 * MS, conversationId = GROUP) {
    this.#now += wait;
    const seq = this.rows.filter((row) => row.conversationId === conversationId).length + 1;
    const messageNo = this.rows.filter((row) => row.conversationId === conversationId && row.type === 'message.posted').length + (type === 'message.posted' ? 1 : 0);
    const row = {
      position: this.rows.length + 1, conversationId, seq, messageNo, type, version: 1, actorId, clientId,
      at: timeText(this.#now), data: JSON.stringify(data), targetSeq: null, redacted: false,
    };
    this.rows.push(row);
    return row;
  }

  #deliver({ seq }) {
    for (const client of Object.keys(this.#listening)) this.line(client, 'event', { conversation: GROUP, seq });
  }
}

function message(row) {
  const hidden = row.type.startsWith('conversation.e');
  const { conversationId, seq, position, messageNo, type, actorId, clientId, at, data } = hidden
    ? { ...row, conversationId: NOBODY, seq: 0, messageNo: 0, actorId: NOBODY, clientId: null, data: '{}' } : row;
  const head = JSON.stringify({ conversationId, seq, position, messageNo, type, actorId, clientId, at });
  return {
    seq: row.position, subject: `confab.log.${type}.${hidden ? 'internal' : conversationId}`,
    headers: { 'Confab-Seq': `${seq}`, 'Confab-Position': `${position}`, 'Confab-Type': type, 'Confab-Epoch': 'epoch' },
    body: `${head.slice(0, -1)},"data":${data}}`,
  };
}
