// Web Push in a fleet: browsers in which Confab is closed are told of what concerns their people, once, sealed for them
// and signed; nobody is told of anything else.

import assert from 'node:assert/strict';

import { Fleet } from './harness/fleet.mjs';
import { signUpMany } from './harness/http.mjs';
import { PushService } from './harness/push-service.mjs';
import { scenario } from './harness/scenario.mjs';
import { connected } from './harness/stock.mjs';
import { sleep, until } from './harness/wait.mjs';

const DELAY_MS = 1000;

async function start(things, options = {}) {
  const service = await PushService.create(things);
  const settings = { push: { endpoints: ['fcm.googleapis.com', service.origin], contact: 'mailto:op@example.org', delay_seconds: DELAY_MS / 1000 } };
  const fleet = await Fleet.start(things, { gateways: 0, ...options, settings });
  return { service, fleet };
}

async function subscribed(service, person) {
  const browser = service.browser();
  await person.must(204, 'PUT /api/me/push', browser.subscription);
  return browser;
}

const seqs = (browser) => browser.told.map(({ seq }) => seq);
const subscriptions = async (fleet) => Number((await fleet.database.query('select count(*) from push_subscriptions'))[0][0]);

scenario('a closed browser is told once of what concerns its person, sealed and signed', async (things) => {
  const { service, fleet } = await start(things, { apis: 2 });
  const [ada, bob] = await signUpMany(fleet.apiUrls, ['ada', 'bob']);
  const keys = await Promise.all([0, 1].map((at) => ada.must(200, 'GET /api/push/key', undefined, { at })));
  assert.deepEqual(keys[0], keys[1], 'one key for all replicas');
  const [phone, desk] = [await subscribed(service, bob), service.browser()];
  const { conversation } = await ada.must(201, 'POST /api/conversations', { kind: 'direct', userId: bob.id });
  const { seq } = await ada.send(conversation.id, `two\nlines and ${'long '.repeat(50)}`);
  await service.told(phone, 1);
  const [{ body, ...told }] = phone.told;
  assert.deepEqual(told, { conversationId: conversation.id, seq, title: 'ada' });
  assert.ok(body.startsWith('two lines and long long') && body.endsWith('…') && body.length === 120, body);
  const [{ signer: { exp, ...signer }, ...request }] = phone.requests;
  assert.deepEqual(signer, { key: keys[0].key, aud: service.origin, sub: 'mailto:op@example.org' });
  assert.ok(exp > Date.now() / 1000 && exp <= Date.now() / 1000 + 24 * 3600);
  assert.deepEqual(request, { method: 'POST', ttl: 86_400, urgency: 'high', topic: conversation.id.replaceAll('-', '') });

  // In a group only whom it names, or who follows the thread.
  const { id } = await ada.createGroup('the room', [bob.id]);
  const plain = await ada.send(id, 'nobody in particular');
  const named = await ada.send(id, 'hello @bob');
  await service.told(phone, 2);
  assert.deepEqual([phone.told[1].title, phone.told[1].body, seqs(phone)], ['the room', 'ada: hello @bob', [seq, named.seq]]);
  const follow = `/api/conversations/${id}/messages/${plain.seq}/thread/follow`;
  await bob.must(204, `PUT ${follow}`);
  const reply = await ada.must(201, `POST /api/conversations/${id}/messages`, { body: 'in a thread', threadSeq: plain.seq });
  await service.told(phone, 3);
  assert.equal(phone.told[2].seq, reply.seq);

  // Neither what was read nor what was taken back within the delay, nor what is muted; the last one shows that all were looked at.
  const [read, gone] = [await ada.send(conversation.id, 'soon read'), await ada.send(id, 'oh, @bob')];
  await bob.must(204, `PUT /api/conversations/${conversation.id}/read`, { seq: read.seq });
  await ada.must(204, `DELETE /api/conversations/${id}/messages/${gone.seq}`);
  const edited = await ada.send(id, 'first @bob');
  await ada.must(200, `PATCH /api/conversations/${id}/messages/${edited.seq}`, { body: 'second @bob' });
  await service.told(phone, 4);
  assert.equal(phone.told[3].body, 'ada: second @bob');
  await bob.must(200, `PUT /api/conversations/${conversation.id}/preferences`, { mutedUntil: '2100-01-01T00:00:00Z' });
  await ada.send(conversation.id, 'unheard');
  const last = await ada.send(id, 'still here, @bob?');
  await service.told(phone, 5);
  assert.deepEqual(seqs(phone), [seq, named.seq, reply.seq, edited.seq, last.seq]);

  // Another browser takes its place in the session; signed out, it is told nothing.
  await bob.must(204, 'PUT /api/me/push', desk.subscription);
  const other = await ada.send(id, 'again, @bob');
  await service.told(desk, 1);
  await bob.must(204, 'DELETE /api/me/push', { endpoint: desk.subscription.endpoint });
  assert.equal(await subscriptions(fleet), 0);
  await bob.must(204, 'PUT /api/me/push', desk.subscription);
  await bob.must(204, 'DELETE /api/sessions/current');
  assert.equal(await subscriptions(fleet), 0, 'gone with the session');
  assert.deepEqual([phone.told.length, seqs(desk)], [5, [other.seq]]);
  assert.deepEqual(service.wrong, []);
});

scenario('a thread is followed by who wants to, who replies in it and who began it, until they unfollow it', async (things) => {
  const fleet = await Fleet.start(things, { gateways: 0 });
  const [ada, bob, cara] = await signUpMany(fleet.apiUrls, ['ada', 'bob', 'cara']);
  const { id } = await ada.createGroup('room', [bob.id, cara.id]);
  const { seq: root } = await ada.send(id, 'the beginning');
  const path = (seq) => `/api/conversations/${id}/messages/${seq}/thread/follow`;
  const following = async (person) => (await person.must(200, `GET ${path(root)}`)).following;
  const reply = (person, body) => person.must(201, `POST /api/conversations/${id}/messages`, { body, threadSeq: root });
  const everybody = async () => [await following(ada), await following(bob), await following(cara)];
  assert.deepEqual(await everybody(), [false, false, false]);
  const { seq } = await reply(bob, 'first');
  assert.deepEqual(await everybody(), [true, true, false]);
  await ada.must(204, `DELETE ${path(root)}`);
  await ada.must(204, `DELETE ${path(root)}`);
  await cara.must(204, `PUT ${path(root)}`);
  await reply(bob, 'second');
  assert.deepEqual(await everybody(), [false, true, true], 'who unfollowed is left alone');
  await reply(ada, 'third');
  assert.equal(await following(ada), true);
  for (const [at, status] of [[seq, 422], [1, 404], [9999, 404]]) await ada.must(status, `PUT ${path(at)}`);
  await ada.must(204, `DELETE /api/conversations/${id}/messages/${root}`);
  await cara.must(404, `PUT ${path(root)}`);
  await cara.must(204, `DELETE ${path(root)}`);
});

scenario('what a push service cannot take is tried again, and a browser that is gone is forgotten', async (things) => {
  const { service, fleet } = await start(things);
  const [ada, bob] = await signUpMany(fleet.apiUrls, ['ada', 'bob']);
  const phone = await subscribed(service, bob);
  const { conversation: { id } } = await ada.must(201, 'POST /api/conversations', { kind: 'direct', userId: bob.id });
  service.answers = [{ status: 503, headers: { 'Retry-After': '1' } }, { status: 429 }];
  await ada.send(id, 'one');
  await service.told(phone, 1);
  service.answers = [{ status: 410 }];
  await ada.send(id, 'two');
  await until('the browser to be forgotten', async () => (await subscriptions(fleet)) === 0);
  assert.equal(phone.told.length, 1);
});

scenario('nobody is told who has Confab before their eyes', async (things) => {
  const { service, fleet } = await start(things, { gateways: 1, gatewaySettings: { gateway: { presence_beat_seconds: 1 } } });
  const [ada, bob, cara] = await signUpMany(fleet.apiUrls, ['ada', 'bob', 'cara']);
  const [ofBob, ofCara] = [await subscribed(service, bob), await subscribed(service, cara)];
  const socket = await connected(things, fleet.gatewayUrls[0], bob.token);
  // The gateways tell of who is there every second; what is sent before they did may be told.
  await sleep(3 * DELAY_MS);
  const { id } = await ada.createGroup('room', [bob.id, cara.id]);
  await ada.send(id, '@bob @cara here?');
  await service.told(ofCara, 1);
  assert.deepEqual(ofBob.told, []);
  await socket.timeout(20_000).emitWithAck('away', true);
  await sleep(3 * DELAY_MS);
  await ada.send(id, '@bob and now?');
  await service.told(ofBob, 1);
  assert.equal(ofCara.told.length, 1);
});

scenario('only subscriptions that can be used are taken, and only at push services', async (things) => {
  const { service, fleet } = await start(things);
  const [ada] = await signUpMany(fleet.apiUrls, ['ada']);
  const good = service.browser().subscription;
  const refused = async (subscription, field) => {
    const error = await ada.must(422, 'PUT /api/me/push', subscription);
    assert.equal(error.field, field, JSON.stringify(error));
  };
  for (const endpoint of ['http://127.0.0.1:9/', 'https://example.org/x', 'https://fcm.googleapis.com@example.org/', 'no address', good.endpoint + 'x'.repeat(1100)]) {
    await refused({ ...good, endpoint }, 'endpoint');
  }
  for (const p256dh of ['AAAA', 'B' + 'A'.repeat(86)]) await refused({ ...good, keys: { ...good.keys, p256dh } }, 'keys.p256dh');
  await refused({ ...good, keys: { ...good.keys, auth: 'AAAA' } }, 'keys.auth');
  assert.equal(await subscriptions(fleet), 0);
});
