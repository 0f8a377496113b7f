// One logical client over the stock socket.io-client: it keeps the last seq of each conversation over many
// sockets, on any gateway, follows the client rule and writes down whatever comes, right or wrong.

import { io } from 'socket.io-client';

import { fingerprint } from './history.mjs';

const CONNECT_MS = 4000;
const ENDS_RIGHT = ['member.removed', 'member.left', 'member.banned', 'conversation.visibility_changed'];

export class Client {
  #socket = null;
  #sockets = 0;
  #joins = 0;
  #stopped = false;

  /** `spec`: {name, user, token, transport, bare, restless, conversations}. */
  constructor(spec, gateways, history, random) {
    Object.assign(this, { ...spec, gateways, history, random });
    this.rooms = new Map(spec.conversations.map((id) => [id, { id, last: spec.bare ? null : 0, epoch: null, joined: false, asked: null }]));
  }

  start() {
    this.#connect();
    if (this.restless) this.#wander();
  }

  stop() {
    this.#stopped = true;
    this.#socket?.disconnect();
  }

  /** {conversation: {last, joined}}; once asked it stays where it is. */
  standing() {
    this.restless = false;
    return Object.fromEntries([...this.rooms.values()].map(({ id, last, joined }) => [id, { last, joined }]));
  }

  /** Reads nothing for a while, so that the server's side runs full. Only a websocket can: a poll is an answer. */
  deaf(ms) {
    const line = this.#socket?.io.engine?.transport.ws;
    if (!line?.pause) return false;
    line.pause();
    setTimeout(() => line.resume(), ms);
    return true;
  }

  #connect() {
    const gateway = this.random.pick(this.gateways);
    const name = `${this.name}.${++this.#sockets}`;
    const socket = io(gateway.url, {
      auth: { token: this.token }, transports: [this.transport], forceNew: true, reconnection: false, timeout: CONNECT_MS,
    });
    this.#socket = socket;
    socket.label = name;
    socket.on('connect', () => {
      this.history.write('connect', { client: this.name, user: this.user, socket: name, gateway: gateway.name, transport: this.transport });
      for (const room of this.rooms.values()) this.#join(room);
    });
    socket.on('disconnect', (why) => {
      this.history.write('disconnect', { client: this.name, socket: name, why });
      this.#again(socket);
    });
    socket.on('connect_error', () => this.#again(socket));
    socket.onAny((type, ...args) => this.#received(socket, type, args[0]));
  }

  #again(socket) {
    if (this.#stopped || socket !== this.#socket) return;
    this.#socket = null;
    for (const room of this.rooms.values()) Object.assign(room, { joined: false, asked: null, leaving: false });
    socket.disconnect();
    setTimeout(() => { if (!this.#stopped && !this.#socket) this.#connect(); }, this.random.between(50, 400));
  }

  #join(room) {
    const socket = this.#socket;
    if (!socket?.connected) return;
    const join = `${socket.label}.${++this.#joins}`;
    room.asked = join;
    room.joined = false;
    const after = room.last;
    this.history.write('join', { client: this.name, socket: socket.label, join, conversation: room.id, after, epoch: room.epoch });
    const answered = (answer) => this.#answered(socket, room, join, after, answer);
    if (after === null) socket.emit('joinConversation', room.id, answered);
    else socket.emit('joinConversation', room.id, room.epoch ? { after, epoch: room.epoch } : { after }, answered);
  }

  #answered(socket, room, join, after, answer) {
    const line = { client: this.name, socket: socket.label, join, conversation: room.id, ok: answer.ok };
    const { seq, epoch, code } = answer;
    if (!answer.ok) {
      this.history.write('joined', { ...line, code, seq, epoch });
      if (room.asked === join) this.#refused(room, code);
      return;
    }
    this.history.write('joined', { ...line, seq, epoch, more: answer.more, events: answer.events.map((event) => [event.seq, fingerprint(event)]) });
    room.epoch = epoch;
    if (after === null) room.last = seq;
    for (const event of answer.events) if (event.seq === room.last + 1) room.last = event.seq;
    if (room.asked !== join) return;
    room.asked = null;
    if (answer.more) this.#join(room);
    else room.joined = true;
  }

  #refused(room, code) {
    room.asked = null;
    if (code === 'reset') Object.assign(room, { last: 0, epoch: null });
    const soon = ['reset', 'unavailable', 'rate_limited'].includes(code);
    this.#joinLater(room, soon ? this.random.between(50, 400) : this.random.between(800, 1800));
  }

  #joinLater(room, ms) {
    if (room.later) return;
    room.later = setTimeout(() => {
      room.later = null;
      if (!room.joined && !room.asked && !room.leaving) this.#join(room);
    }, ms);
  }

  #received(socket, type, body) {
    if (type === 'error') return void this.history.write('refused', { client: this.name, socket: socket.label, name: body?.event, code: body?.code });
    if (type === 'reset') return this.#reset(socket, body);
    if (type === 'conversation.entered') {
      const room = this.rooms.get(body.data.conversationId);
      if (room && !room.joined && !room.asked) this.#join(room);
      return undefined;
    }
    // A signal has no position.
    if (typeof body?.position !== 'number' || type === 'conversation.exited') return undefined;
    this.history.write('event', { client: this.name, socket: socket.label, conversation: body.conversationId, seq: body.seq, h: fingerprint(body) });
    const room = this.rooms.get(body.conversationId);
    if (room && socket === this.#socket) this.#follow(room, body);
    return undefined;
  }

  #follow(room, event) {
    if (event.seq === room.last + 1) room.last = event.seq;
    else if (event.seq > room.last && room.joined) this.#join(room);
    const concernsMe = event.data.userId === undefined || event.data.userId === this.user;
    // The right may be gone. Who asks at once would end the old listening themselves and hide a leak: so most wait.
    if (ENDS_RIGHT.includes(event.type) && concernsMe) {
      setTimeout(() => { if (!room.asked && !room.leaving) this.#join(room); }, this.random.chance(0.3) ? 0 : this.random.between(500, 2500));
    }
  }

  #reset(socket, body) {
    this.history.write('reset', { client: this.name, socket: socket.label, epoch: body?.epoch });
    for (const room of this.rooms.values()) {
      Object.assign(room, { last: 0, epoch: null });
      this.#join(room);
    }
  }

  /** Now and then it leaves a conversation and comes back. */
  #wander() {
    setTimeout(() => {
      if (this.#stopped || !this.restless) return;
      const room = this.random.pick([...this.rooms.values()]);
      const socket = this.#socket;
      if (room.joined && socket?.connected) this.#leave(socket, room);
      this.#wander();
    }, this.random.between(2000, 8000));
  }

  #leave(socket, room) {
    Object.assign(room, { joined: false, leaving: true });
    socket.emit('leaveConversation', room.id, () => {
      this.history.write('left', { client: this.name, socket: socket.label, conversation: room.id });
      setTimeout(() => {
        room.leaving = false;
        if (socket === this.#socket && !room.asked) this.#join(room);
      }, this.random.between(100, 3000));
    });
  }
}
