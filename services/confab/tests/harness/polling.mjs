// A Socket.IO client by hand over HTTP long polling: every request of it is visible.

import { request } from './http.mjs';
import { until } from './wait.mjs';

const SEPARATOR = '\x1e';

export class Polling {
  static async open(url, { headers = {} } = {}) {
    const answer = await request(`${url}/socket.io/?EIO=4&transport=polling`, { headers });
    if (answer.status !== 200) throw Object.assign(new Error(`handshake: ${answer.status} ${answer.text}`), { status: answer.status });
    const { sid } = JSON.parse(answer.text.slice(1));
    const polling = new Polling(`${url}/socket.io/?EIO=4&transport=polling&sid=${sid}`, headers);
    polling.handshake = answer.text;
    polling.sid = sid;
    return polling;
  }

  static async connect(url, token, options) {
    const polling = await Polling.open(url, options);
    await polling.post(`40${JSON.stringify({ token })}`);
    await polling.packet('an answer to CONNECT', (text) => text.startsWith('40'));
    return polling;
  }

  constructor(address, headers) {
    this.address = address;
    this.headers = headers;
    this.packets = [];
  }

  /** One POST; gives the answer. */
  post(body) {
    return request(this.address, { method: 'POST', body, headers: { ...this.headers, 'content-type': 'text/plain;charset=UTF-8' } });
  }

  /** One GET; its packets are kept, pings answered. */
  async poll() {
    const answer = await request(this.address, { headers: this.headers });
    if (answer.status === 200) {
      for (const packet of answer.text.split(SEPARATOR)) {
        if (packet === '2') await this.post('3');
        else this.packets.push(packet);
      }
    }
    return answer;
  }

  /** Polls until a packet fits, and takes it. */
  packet(what, fits) {
    return until(what, async () => {
      const index = this.packets.findIndex(fits);
      if (index >= 0) return this.packets.splice(index, 1)[0];
      const answer = await this.poll();
      if (answer.status !== 200) throw new Error(`a poll was answered ${answer.status} before: ${what}`);
      return undefined;
    }, { every: 0 });
  }

  /** Sends an event and gives the arguments of its ack. */
  async ask(event, ...args) {
    this.nextAck = (this.nextAck ?? 0) + 1;
    const head = `43${this.nextAck}[`;
    const posted = await this.post(`42${this.nextAck}${JSON.stringify([event, ...args])}`);
    if (posted.status !== 200) throw new Error(`the post of ${event} was answered ${posted.status}`);
    const text = await this.packet(`an ack of ${event}`, (packet) => packet.startsWith(head));
    return JSON.parse(text.slice(head.length - 1));
  }

  /** Waits until the server does not know this session any more; gives the status it says so with. */
  async closed() {
    return until('the polling session to be closed', async () => {
      const { status } = await this.poll();
      return status !== 200 && status;
    });
  }
}
