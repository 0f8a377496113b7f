// The HTTP side of a person: requests with a token, and the one call that must survive everything,
// sending a message.

import { randomUUID } from 'node:crypto';

import { sleep } from './wait.mjs';

const GIVE_UP_MS = 90_000;
const PASSWORD = 'eight green foxes at noon';

/** One request. `body` is sent as JSON unless it is a string or bytes. Never throws on a status. */
export async function request(url, { method = 'GET', body, token, headers = {}, timeout = 60_000 } = {}) {
  const raw = body === undefined || typeof body === 'string' || body instanceof Uint8Array;
  const response = await fetch(url, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...headers,
    },
    body: raw ? body : JSON.stringify(body),
    redirect: 'manual',
    signal: AbortSignal.timeout(timeout),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parsed(text) };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export class Person {
  /** Signs up at the first of `apis` (base addresses). Argon2 takes 64 MiB: not too many at once. */
  static async signUp(apis, username, fields = {}) {
    const answer = await request(`${apis[0]}/api/users`, {
      method: 'POST',
      body: { username, password: PASSWORD, displayName: username, ...fields },
    });
    if (answer.status !== 201) throw new Error(`sign up of ${username}: ${answer.status} ${answer.text}`);
    return new Person(apis, answer.json);
  }

  constructor(apis, { user, token, expiresAt }) {
    Object.assign(this, { apis, token, expiresAt, id: user.id, username: user.username, password: PASSWORD });
  }

  /** `call('PUT /api/…', body)` at replica `at`. */
  call(line, body, { at = 0, ...options } = {}) {
    const [method, path] = line.split(' ');
    return request(this.apis[at % this.apis.length] + path, { method, body, token: this.token, ...options });
  }

  /** Like `call`, and any other status is an error. Gives the body. */
  async must(status, line, body, options) {
    const answer = await this.call(line, body, options);
    if (answer.status !== status) throw new Error(`${line}: ${answer.status} instead of ${status}: ${answer.text}`);
    return answer.json;
  }

  async createGroup(name, memberIds = []) {
    const { conversation } = await this.must(201, 'POST /api/conversations', {
      kind: 'group', name, memberIds, clientId: randomUUID(),
    });
    return conversation;
  }

  async signIn({ at = 0 } = {}) {
    const body = { username: this.username, password: this.password };
    return new Person(this.apis, await this.must(200, 'POST /api/sessions', body, { at }));
  }

  /**
   * Sends a message until it is answered, on whichever replica answers, always with one clientId.
   * Gives the receipt with its status. Anything but "try again", which `onRetry` hears of, is an error.
   */
  async send(conversationId, body, { clientId = randomUUID(), at = 0, replyTo, timeout = 10_000, onRetry } = {}) {
    const end = Date.now() + GIVE_UP_MS;
    for (let attempt = 0; ; attempt++) {
      const answer = await this.#attempt(conversationId, { body, clientId, replyTo }, at + attempt, timeout);
      if (answer.status === 200 || answer.status === 201) {
        return { status: answer.status, attempts: attempt + 1, body, actorId: this.id, ...answer.json };
      }
      if (![429, 503, 0].includes(answer.status)) throw new Error(`send: ${answer.status} ${answer.text}`);
      onRetry?.(answer);
      if (Date.now() > end) throw new Error(`no answer after ${attempt + 1} attempts: ${answer.status} ${answer.text}`);
      await sleep(50 + Math.random() * 150);
    }
  }

  async #attempt(conversationId, body, at, timeout) {
    try {
      return await this.call(`POST /api/conversations/${conversationId}/messages`, body, { at, timeout });
    } catch (error) {
      return { status: 0, text: `${error.message} ${error.cause?.code ?? ''}` };
    }
  }

  /** The whole log of a conversation from `after` on, as HTTP gives it, checked to be gapless. */
  async log(conversationId, { after = 0, at = 0 } = {}) {
    const events = [];
    for (let from = after; ;) {
      const page = await this.must(200, `GET /api/conversations/${conversationId}/events?after=${from}&limit=200`, undefined, { at });
      for (const event of page.events) {
        from += 1;
        if (event.seq !== from) throw new Error(`the log has ${event.seq} at the place of ${from}`);
        events.push(event);
      }
      if (page.seq !== from) throw new Error(`a page that ends at ${from} says seq ${page.seq}`);
      if (!page.more) return { events, seq: from, epoch: page.epoch };
    }
  }
}

/** People in a row, two sign-ups at a time. */
export async function signUpMany(apis, names) {
  const people = [];
  for (let i = 0; i < names.length; i += 2) {
    people.push(...(await Promise.all(names.slice(i, i + 2).map((name) => Person.signUp(apis, name)))));
  }
  return people;
}
