// A Socket.IO client by hand over one websocket, for what the stock client never does: wrong packets,
// not reading, not answering pings, everything in one tick.

import { WebSocket } from 'ws';

import { until, within } from './wait.mjs';

export class RawSocket {
  /** An open websocket with the Engine.IO handshake done; nothing of Socket.IO yet. */
  static async open(things, url, { headers = {}, query = '' } = {}) {
    const address = `${url.replace(/^http/, 'ws')}/socket.io/?EIO=4&transport=websocket${query}`;
    const raw = new RawSocket(new WebSocket(address, { headers, perMessageDeflate: false }));
    things.onEnd(() => raw.ws.terminate());
    await within('the websocket to open', raw.opened);
    raw.handshake = await raw.packet('the Engine.IO handshake', (text) => text.startsWith('0'));
    return raw;
  }

  /** Open and connected to the namespace as the owner of `token`. */
  static async connect(things, url, token, options) {
    const raw = await RawSocket.open(things, url, options);
    await raw.enter({ token });
    return raw;
  }

  constructor(ws) {
    this.ws = ws;
    this.packets = [];
    this.ended = null;
    this.answersPings = true;
    this.nextAck = 0;
    this.opened = new Promise((resolve, reject) => {
      ws.once('open', resolve);
      ws.once('unexpected-response', (_, response) => {
        reject(Object.assign(new Error(`the websocket was answered ${response.statusCode}`), { status: response.statusCode }));
      });
      ws.on('error', reject);
    });
    this.opened.catch(() => {});
    ws.on('close', (code) => { this.ended = { code }; });
    ws.on('message', (data, binary) => {
      const text = binary ? data : data.toString('utf8');
      if (text === '2' && this.answersPings) ws.send('3');
      else this.packets.push(text);
    });
  }

  /** The CONNECT of the namespace `/`; gives the answering packet. */
  async enter(auth) {
    this.send(`40${auth ? JSON.stringify(auth) : ''}`);
    return this.packet('an answer to CONNECT', (text) => text.startsWith('40') || text.startsWith('44'));
  }

  send(data) {
    this.ws.send(data);
  }

  /** Bytes under the websocket layer. */
  sendBytes(bytes) {
    this.ws._socket.write(bytes);
  }

  /** Sends an event and gives the arguments of its ack. */
  async ask(event, ...args) {
    const id = this.nextAck++;
    this.send(`42${id}${JSON.stringify([event, ...args])}`);
    return this.answer(id, `an ack of ${event}`);
  }

  async answer(id, what = `ack ${id}`) {
    const head = `43${id}[`;
    const text = await this.packet(what, (packet) => packet.startsWith(head));
    return JSON.parse(text.slice(head.length - 1));
  }

  /** The next event of that name, as its arguments. */
  async event(name) {
    const text = await this.packet(`the event ${name}`, (packet) => packet.startsWith(`42${JSON.stringify([name]).slice(0, -1)}`));
    return JSON.parse(text.slice(2)).slice(1);
  }

  /** Takes the first packet that fits out of what came. */
  packet(what, fits) {
    return until(what, () => {
      const index = this.packets.findIndex((packet) => typeof packet === 'string' && fits(packet));
      if (index >= 0) return this.packets.splice(index, 1)[0];
      if (this.ended) throw new Error(`closed with ${this.ended.code} before: ${what}`);
      return undefined;
    }, { every: 5 });
  }

  /** Waits until the server has closed the connection. */
  closed() {
    return until('the server to close the socket', () => this.ended);
  }

  /** Stops reading from TCP: the kernel's buffers fill up and the server's writes stall. */
  stopReading() {
    this.answersPings = false;
    this.ws._socket.pause();
  }

  get localPort() {
    return this.ws._socket.localPort;
  }
}
