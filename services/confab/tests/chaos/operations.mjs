// One operation against a replica of the API, with its two lines in the history: invoke, and how it ended.
// `ok` is an answer, `fail` a refusal (certainly not done by this request), `unknown` all else.

import { request } from '../harness/http.mjs';

const TIMEOUT_MS = 4000;

export class Operations {
  #count = 0;

  constructor(history, name) {
    Object.assign(this, { history, name });
    this.figures = { ok: 0, fail: 0, unknown: 0 };
  }

  /** Writes the invoke, runs `work() → {status, json}` and writes its end, with what `keep(json)` wants kept; gives that end. */
  async run(fields, work, keep) {
    const op = `${this.name}-${++this.#count}`;
    this.history.write('invoke', { op, ...fields });
    let answer;
    try {
      answer = await work();
    } catch (error) {
      return this.#end('unknown', op, { why: `${error.name}: ${error.cause?.code ?? error.message}`.slice(0, 200) });
    }
    const { status, json } = answer;
    if (status >= 500) return this.#end('unknown', op, { why: `${status} ${json?.code ?? ''}`, status });
    if (status >= 400) return this.#end('fail', op, { status, code: json?.code });
    const { seq, position, messageNo } = json ?? {};
    return this.#end('ok', op, { status, seq, position, messageNo, ...(json?.conversation ? { conversation: json.conversation.id } : {}), ...keep?.(json) });
  }

  /** The same by HTTP; `line`: 'POST /api/…'. */
  http(fields, person, api, line, body, keep) {
    const [method, path] = line.split(' ');
    return this.run({ ...fields, actor: person.id, at: api.name }, () => (
      request(api.url + path, { method, body, token: person.token, timeout: TIMEOUT_MS })), keep);
  }

  #end(k, op, fields) {
    this.figures[k] += 1;
    this.history.write(k, { op, ...fields });
    return { k, ...fields };
  }
}
