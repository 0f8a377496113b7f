// A chat client as DESIGN.md tells one to be, over the stock socket.io-client: per conversation it
// keeps the last seq, joins with `after`, applies last + 1. And it is a suspicious one: whatever the
// server sends against its promises (a hole, a repeat or a swap after the ack of a join, an event
// where no join stands) is recorded as a violation.

import { io } from 'socket.io-client';

import { Room } from './room.mjs';
import { until } from './wait.mjs';

const ACK_MS = 60_000;
/** Without promise, so nothing of them is a violation. */
const SIGNALS = new Set([
  'typing.started', 'read.moved', 'preferences.changed', 'profile.changed', 'requests.changed', 'presence.changed', 'conversation.activity',
]);
const FINAL = ['unauthorized', 'forbidden', 'too_many_sockets'];

export class ChatClient {
  /**
   * `urls`: gateways. With one, the stock client reconnects to it by itself; with several, the next
   * one is tried after every disconnect, as behind a load balancer.
   */
  static create(things, { person, urls, transport = 'websocket', label = person.username }) {
    const client = new ChatClient({ token: person.token, urls, transport, label });
    things.watchClient(client);
    things.onEnd(() => client.stop());
    return client;
  }

  constructor({ token, urls, transport, label }) {
    Object.assign(this, { token, urls, transport, label: `${label} (${transport})` });
    this.violations = [];
    this.userEvents = [];
    this.errors = [];
    this.signals = [];
    this.resets = [];
    this.refusals = [];
    this.connections = 0;
    /** How long it took, from each disconnect, until every room was joined again. */
    this.returns = [];
    this.rooms = new Map();
    this.stopped = true;
    this.turn = 0;
    this.socket = null;
  }

  start() {
    this.stopped = false;
    this.#connect();
    return this;
  }

  stop() {
    this.stopped = true;
    this.socket?.disconnect();
    this.socket = null;
  }

  /** Connected, and every open conversation joined up to its head. */
  async settled() {
    await until(`${this.label} to be connected and joined`, () => this.connected && [...this.rooms.values()].every((room) => room.listening));
    return this;
  }

  get connected() {
    return this.socket?.connected === true;
  }

  /** 'polling' or 'websocket', by which the connection goes at this moment. */
  get transportNow() {
    return this.socket?.io.engine?.transport.name;
  }

  /** Opens a conversation: from now on (`after` left out) or from a known place. */
  open(conversationId, { after = null, epoch } = {}) {
    const room = new Room(conversationId, after, epoch, (text) => this.violations.push(text));
    this.rooms.set(conversationId, room);
    if (this.connected) this.#join(room);
    return room;
  }

  room(conversationId) {
    return this.rooms.get(conversationId);
  }

  #connect() {
    const url = this.urls[this.turn++ % this.urls.length];
    const alone = this.urls.length === 1;
    const socket = io(url, {
      auth: { token: this.token },
      // 'upgrade': as a browser does by default, polling first and then a websocket.
      transports: this.transport === 'upgrade' ? ['polling', 'websocket'] : [this.transport],
      forceNew: true,
      reconnection: alone,
      reconnectionDelay: 100,
      reconnectionDelayMax: 500,
    });
    this.socket = socket;
    socket.on('connect', () => {
      this.connections += 1;
      for (const room of this.rooms.values()) this.#join(room);
    });
    const lost = (reason) => {
      if (this.joined) this.lostAt = performance.now();
      this.joined = false;
      for (const room of this.rooms.values()) room.disconnected();
      this.lastDisconnect = reason;
      // After a transport fault a stock client comes back by itself, after a server's packet it does not.
      if (!alone || reason === 'io server disconnect' || !socket.active) this.#again(socket);
    };
    socket.on('disconnect', lost);
    socket.on('connect_error', (error) => {
      if (!socket.active) this.refusals.push(error.message);
      // A refusal by packet ends the stock client; one that is not about who we are may pass.
      if (socket.active ? !alone : !FINAL.includes(error.message)) lost('connect_error');
    });
    socket.onAny((type, ...args) => this.#receive(type, args));
  }

  #again(socket) {
    if (this.stopped || this.socket !== socket) return;
    socket.disconnect();
    setTimeout(() => {
      if (!this.stopped && this.socket === socket) this.#connect();
    }, 100 + Math.random() * 200);
  }

  #join(room) {
    const socket = this.socket;
    const join = room.joining();
    const answered = (failure, answer) => {
      if (failure) {
        if (socket.connected && this.socket === socket) this.violations.push(`a join was not answered: ${failure.message}`);
        return;
      }
      if (room.answered(join, answer) === 'again') this.#join(room);
      else if (room.listening) this.#back();
      else if (!answer.ok) this.#refused(room, answer);
    };
    const question = room.question();
    const asking = socket.timeout(ACK_MS);
    if (question) asking.emit('joinConversation', room.id, question, answered);
    else asking.emit('joinConversation', room.id, answered);
  }

  #back() {
    if (this.joined || ![...this.rooms.values()].every((room) => room.listening)) return;
    this.joined = true;
    if (this.lostAt) this.returns.push(performance.now() - this.lostAt);
  }

  #refused(room, answer) {
    if (answer.code === 'reset') {
      this.resets.push({ conversationId: room.id, ...answer });
      room.restart();
    } else if (!['unavailable', 'rate_limited'].includes(answer.code)) {
      room.refusal = answer;
      return;
    }
    setTimeout(() => {
      if (this.connected && !room.listening) this.#join(room);
    }, (answer.retryAfter ?? 0) * 1000 + 50);
  }

  #receive(type, [first]) {
    if (SIGNALS.has(type)) return void this.signals.push(first);
    if (type === 'error') return void this.errors.push(first);
    if (type === 'reset') {
      this.resets.push(first);
      for (const room of this.rooms.values()) {
        room.restart();
        this.#join(room);
      }
      return;
    }
    if (type === 'conversation.entered' || type === 'conversation.exited') return void this.userEvents.push(first);
    if (typeof first?.seq !== 'number') return void (this.goodbye = { event: type, ...first });
    const room = this.rooms.get(first.conversationId);
    if (!room) return void this.violations.push(`an event of ${first.conversationId}, which was never joined`);
    if (first.type !== type) this.violations.push(`event name ${type}, type ${first.type}`);
    if (room.received(first) === 'hole') this.#join(room);
  }
}
