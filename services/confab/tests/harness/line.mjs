// One Engine.IO session by hand, over either transport, for rules that hold on both: packets go out as
// they are given, and come in one at a time, pings answered.

import assert from 'node:assert/strict';

import { Polling } from './polling.mjs';
import { RawSocket } from './raw.mjs';

export class Line {
  /** The handshake is done, nothing of Socket.IO yet. */
  static async open(things, url, transport, options) {
    const end = transport === 'polling' ? await Polling.open(url, options) : await RawSocket.open(things, url, options);
    return new Line(end, transport);
  }

  /** Open and connected to the namespace as the owner of `token`. */
  static async connect(things, url, token, transport, options) {
    const line = await Line.open(things, url, transport, options);
    await line.send(`40${JSON.stringify({ token })}`);
    await line.packet('an answer to CONNECT', (text) => text.startsWith('40'));
    return line;
  }

  constructor(end, transport) {
    Object.assign(this, { end, transport, isPolling: transport === 'polling' });
  }

  get handshake() {
    return JSON.parse(this.end.handshake.slice(1));
  }

  /** Text packets and bytes, in this order; for polling they are one payload. Gives the status of a POST. */
  async send(...packets) {
    if (!this.isPolling) {
      packets.forEach((packet) => this.end.send(packet));
      return undefined;
    }
    const answer = await this.end.post(packets.map((packet) => (typeof packet === 'string' ? packet : `b${packet.toString('base64')}`)).join('\x1e'));
    return answer.status;
  }

  /** The next packet that fits. */
  packet(what, fits) {
    return this.end.packet(what, fits);
  }

  /** The next packet that is no ping. */
  next(what) {
    return this.packet(what, (packet) => packet !== '2');
  }

  /** An event that is answered shows that the session is there. */
  async lives() {
    await this.send('42["isItThere"]');
    await this.packet('the answer to an event', (packet) => packet.includes('unknown_event'));
  }

  async closed() {
    const status = await this.end.closed();
    if (this.isPolling) assert.equal(status, 400, 'how a closed session is answered');
  }
}
