// One line to NATS, by hand: so that a test sees each refusal of the server, word by word.

import { randomUUID } from 'node:crypto';
import net from 'node:net';

import { within } from './wait.mjs';

export class NatsLine {
  /** Connects; a refused login is an error with the server's words. */
  static async open(things, url, login = {}) {
    const { hostname, port } = new URL(url);
    const line = new NatsLine(net.connect(Number(port), hostname));
    things.onEnd(() => line.#connection.destroy());
    line.#write(`CONNECT ${JSON.stringify({ verbose: false, pedantic: false, headers: true, no_responders: true, ...login })}\r\n`);
    const refusals = await line.settle();
    if (refusals.length > 0) throw new Error(refusals.join('; '));
    return line;
  }

  /** Where answers to this line go. */
  inbox = `_INBOX.${randomUUID()}`;
  #connection;
  #unread = Buffer.alloc(0);
  #refusals = [];
  #pongs = [];
  #messages = [];
  #takers = [];
  #subscriptions = 0;

  constructor(connection) {
    this.#connection = connection;
    connection.on('data', (bytes) => this.#read(bytes));
    connection.on('error', () => {});
    connection.on('close', () => this.#pongs.splice(0).forEach((done) => done()));
  }

  /** Waits until the server has worked through all that was sent; gives what it refused since the last time. */
  async settle() {
    await within('NATS to answer', new Promise((resolve) => {
      this.#pongs.push(resolve);
      this.#write('PING\r\n');
    }));
    return this.#refusals.splice(0);
  }

  /** Publishes, and gives the server's refusals. */
  async publish(subject, body = '', { reply = '', headers = {} } = {}) {
    const block = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const head = block && `NATS/1.0\r\n${block}\r\n`;
    const bytes = head.length + Buffer.byteLength(body);
    const sizes = head ? `${head.length} ${bytes}` : `${bytes}`;
    this.#write(`${head ? 'HPUB' : 'PUB'} ${subject} ${reply} ${sizes}\r\n${head}${body}\r\n`);
    return this.settle();
  }

  /** Subscribes, and gives the server's refusals. */
  subscribe(subject) {
    this.#write(`SUB ${subject} ${++this.#subscriptions}\r\n`);
    return this.settle();
  }

  /** Asks, and gives the answer's body as JSON if it is that. `inbox` must be subscribed already. */
  async ask(subject, body = '', options = {}) {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const refusals = await this.publish(subject, text, { reply: this.inbox, ...options });
    if (refusals.length > 0) throw new Error(refusals.join('; '));
    const answer = await this.message();
    return answer.startsWith('{') ? JSON.parse(answer) : answer;
  }

  /** The body of the next message. */
  message() {
    if (this.#messages.length > 0) return Promise.resolve(this.#messages.shift());
    return within('a message of NATS', new Promise((resolve) => this.#takers.push(resolve)));
  }

  #write(text) {
    this.#connection.write(text);
  }

  #read(bytes) {
    this.#unread = Buffer.concat([this.#unread, bytes]);
    for (;;) {
      const end = this.#unread.indexOf('\r\n');
      if (end < 0) return;
      const words = this.#unread.toString('utf8', 0, end).split(' ');
      const isMessage = words[0] === 'MSG' || words[0] === 'HMSG';
      const body = isMessage ? Number(words.at(-1)) : 0;
      const next = end + 2 + (isMessage ? body + 2 : 0);
      if (this.#unread.length < next) return;
      const head = words[0] === 'HMSG' ? Number(words.at(-2)) : 0;
      const text = this.#unread.toString('utf8', end + 2 + head, end + 2 + body);
      this.#unread = this.#unread.subarray(next);
      this.#take(words, text);
    }
  }

  #take(words, text) {
    if (words[0] === 'PONG') this.#pongs.shift()();
    else if (words[0] === 'PING') this.#write('PONG\r\n');
    else if (words[0] === '-ERR') this.#refusals.push(words.slice(1).join(' '));
    else if (words[0].endsWith('MSG')) {
      const taker = this.#takers.shift();
      if (taker) taker(text);
      else this.#messages.push(text);
    }
  }
}
