// A push service as browsers have one, with the browsers: gives subscriptions, takes what a server sends, checks who signed
// it and opens it with the browser's keys (RFC 8030, 8188, 8291, 8292).

import assert from 'node:assert/strict';
import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, randomUUID, verify } from 'node:crypto';
import http from 'node:http';

import { until } from './wait.mjs';

const derive = (secret, salt, info, length) => Buffer.from(hkdfSync('sha256', secret, salt, Buffer.concat(info), length));

/** One record of `aes128gcm`, for the browser with these keys. */
function opened(body, ecdh, auth) {
  const [salt, size, length] = [body.subarray(0, 16), body.readUInt32BE(16), body[20]];
  const theirs = body.subarray(21, 21 + length);
  assert.ok(body.length - 21 - length <= size, 'one record');
  const secret = derive(ecdh.computeSecret(theirs), auth, [Buffer.from('WebPush: info\0'), ecdh.getPublicKey(), theirs], 32);
  const key = derive(secret, salt, [Buffer.from('Content-Encoding: aes128gcm\0')], 16);
  const nonce = derive(secret, salt, [Buffer.from('Content-Encoding: nonce\0')], 12);
  const decipher = createDecipheriv('aes-128-gcm', key, nonce);
  decipher.setAuthTag(body.subarray(-16));
  const text = Buffer.concat([decipher.update(body.subarray(21 + length, -16)), decipher.final()]);
  assert.equal(text.at(-1), 2, 'the last record');
  return JSON.parse(text.subarray(0, -1).toString('utf8'));
}

/** The claims of a header `vapid t=…, k=…`, which must be signed by the key beside them; and that key. */
function signer(header) {
  const [, head, claims, signature, key] = /^vapid t=([\w-]+)\.([\w-]+)\.([\w-]+), k=([\w-]+)$/.exec(header);
  const point = Buffer.from(key, 'base64url');
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((half) => half.toString('base64url'));
  const publicKey = createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x, y } });
  const valid = verify('sha256', Buffer.from(`${head}.${claims}`), { key: publicKey, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
  assert.ok(valid, 'the signature of the server');
  return { key, ...JSON.parse(Buffer.from(claims, 'base64url')) };
}

export class PushService {
  #server;
  #browsers = new Map();
  /** What it answers to the next requests, before it accepts: [{status, headers}]. */
  answers = [];
  wrong = [];

  static async create(things) {
    const service = new PushService();
    service.#server = http.createServer((request, response) => service.#take(request, response));
    await new Promise((resolve) => service.#server.listen(0, '127.0.0.1', resolve));
    service.origin = `http://127.0.0.1:${service.#server.address().port}`;
    things.onEnd(() => {
      service.#server.close();
      service.#server.closeAllConnections();
    });
    return service;
  }

  /** A browser: its `subscription` is for `PUT /api/me/push`, `told` is what came, in order. */
  browser() {
    const ecdh = createECDH('prime256v1');
    ecdh.generateKeys();
    const [auth, path] = [randomBytes(16), `/push/${randomUUID()}`];
    const keys = { p256dh: ecdh.getPublicKey('base64url'), auth: auth.toString('base64url') };
    const browser = { ecdh, auth, subscription: { endpoint: this.origin + path, keys }, told: [], requests: [] };
    this.#browsers.set(path, browser);
    return browser;
  }

  async #take(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const browser = this.#browsers.get(request.url);
    const refusal = browser ? this.answers.shift() : { status: 404 };
    if (refusal) return void response.writeHead(refusal.status, refusal.headers).end();
    try {
      const { authorization, ttl, urgency, topic, 'content-encoding': encoding } = request.headers;
      assert.equal(encoding, 'aes128gcm');
      browser.told.push(opened(Buffer.concat(chunks), browser.ecdh, browser.auth));
      browser.requests.push({ method: request.method, signer: signer(authorization), ttl: Number(ttl), urgency, topic });
      response.writeHead(201).end();
    } catch (error) {
      this.wrong.push(error.message);
      response.writeHead(400).end();
    }
    return undefined;
  }

  /** Until `browser` was told `count` times. */
  told(browser, count) {
    return until(`${count} messages by Web Push`, () => {
      assert.deepEqual(this.wrong, []);
      return browser.told.length >= count;
    });
  }
}
