// `confab demo`: a store that fills while a server runs on it, seen by sockets without a gap, a repeat or
// a new epoch; once, however often it is run or broken off; and nobody's store by mistake.

import assert from 'node:assert/strict';

import { ChatClient } from './harness/chat.mjs';
import { holdsLog, messagesOf, reaches } from './harness/check.mjs';
import { Child } from './harness/child.mjs';
import { CONFAB, Confab, confab, environment } from './harness/confab.mjs';
import { Fleet, ROOMY } from './harness/fleet.mjs';
import { Person, request } from './harness/http.mjs';
import { scenario } from './harness/scenario.mjs';
import { TRANSPORTS } from './harness/stock.mjs';
import { onTerminal } from './harness/terminal.mjs';
import { until } from './harness/wait.mjs';

const LAST_WORDS = /^That is all of us/;

/** What the summary says: who may sign in, and how. */
function credentials(stdout) {
  const [, username, password] = /Sign in as (\S+) with the password (\S+) at http/.exec(stdout) ?? assert.fail(`no summary in: ${stdout}`);
  return { username, password };
}

async function signIn(apis, body) {
  const answer = await request(`${apis[0]}/api/sessions`, { method: 'POST', body });
  assert.equal(answer.status, 200, answer.text);
  return new Person(apis, answer.json);
}

/** All conversations of a person, page by page. */
async function conversations(person) {
  const all = [];
  for (let cursor = ''; cursor !== null;) {
    const page = await person.must(200, `GET /api/conversations?limit=50${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    all.push(...page.conversations);
    cursor = page.next ?? null;
  }
  return all;
}

const BACKENDS = {
  SQLite: async (things) => {
    const server = await Confab.start(things, { settings: ROOMY });
    return { settings: ROOMY, cwd: server.cwd, apis: [server.url], gateways: [server.url] };
  },
  Postgres: async (things) => {
    const fleet = await Fleet.start(things, { apis: 1, gateways: 2 });
    return { settings: fleet.settings, cwd: undefined, apis: fleet.apiUrls, gateways: fleet.gatewayUrls };
  },
};

for (const [backend, start] of Object.entries(BACKENDS)) {
  scenario(`a demo written beside a running server is seen live and whole (${backend})`, async (things) => {
    const { settings, cwd, apis, gateways } = await start(things);
    const ann = await Person.signUp(apis, 'ann');
    const { id: own } = await ann.createGroup('before the demo');
    const { epoch } = await ann.log(own);
    const clients = TRANSPORTS.map((transport, i) => ChatClient.create(things, { person: ann, urls: [gateways[i % gateways.length]], transport }));
    for (const client of clients) {
      client.open(own, { after: 0 });
      await client.start().settled();
    }

    const demo = new Child(CONFAB, ['demo', '--messages', '900', '--invite', 'ann', '--per-second', '250'], { env: environment(settings), cwd });
    things.onEnd(() => demo.end('SIGKILL'));
    const rooms = await until('ann to be put into the groups and greeted', async () => {
      const all = await conversations(ann);
      return all.length === 9 && all;
    });
    for (const client of clients) for (const { id } of rooms) if (id !== own) client.open(id, { after: 0 });
    let sent = 0;
    while (demo.running) await ann.send(own, `meanwhile ${++sent}`);
    const { code } = await demo.ended;
    assert.equal(code, 0, demo.stderr);
    assert.ok(sent > 5, `the server wrote ${sent} messages beside the demo`);

    for (const { id } of rooms) {
      const log = await ann.log(id);
      assert.equal(log.epoch, epoch, 'the same epoch');
      messagesOf(log);
      for (const client of clients) {
        await reaches(client.room(id), log.seq, client.label);
        holdsLog(client.room(id), log, client.label);
        assert.deepEqual([client.resets, client.errors, client.connections], [[], [], 1]);
      }
    }

    // Somebody of the demo sees all of it, and it is what it says.
    const ada = await signIn(apis, credentials(demo.stdout));
    const hers = await conversations(ada);
    assert.ok(hers.length > 6 && hers.some((one) => one.kind === 'direct') && hers.some((one) => one.unread > 0));
    const everyone = hers.find((one) => /Everyone/.test(one.name ?? ''));
    assert.match(messagesOf(await ada.log(everyone.id)).at(-1).data.body, LAST_WORDS);
    const page = await ada.must(200, `GET /api/conversations/${rooms.find((one) => /Engineering/.test(one.name ?? '')).id}/messages?limit=200`);
    assert.ok(page.messages.some((message) => message.replyTo), 'there are answers');
    const logs = await Promise.all(hers.map(({ id }) => ada.log(id)));
    const kinds = new Set(logs.flatMap(({ events }) => events.map((event) => event.type)));
    for (const kind of ['message.replied', 'message.edited', 'message.pinned', 'reaction.added']) assert.ok(kinds.has(kind), kind);
    assert.ok(logs.some(({ events }) => events.some((event) => event.data.mentions?.length > 0)), 'somebody is called');
    assert.ok(!JSON.stringify(page).includes('{food'), 'every word was filled in');
  });

  scenario(`a demo that was broken off is gone on with, and then adds nothing (${backend})`, async (things) => {
    const { settings, cwd, apis } = await start(things);
    const run = (...args) => confab(['demo', '--messages', '400', ...args], settings, { cwd });
    const ann = await Person.signUp(apis, 'ann');
    const first = new Child(CONFAB, ['demo', '--yes', '--messages', '400', '--per-second', '100'], { env: environment(settings), cwd });
    things.onEnd(() => first.end('SIGKILL'));
    const groups = async () => (await ann.must(200, 'GET /api/conversations/public?limit=200')).conversations;
    await until('the talk to begin', async () => (await groups()).some((group) => group.head.messageNo > 3));
    await first.end('SIGKILL');
    assert.equal(first.stdout, '', 'it was not finished');

    const second = await run();
    assert.equal(second.code, 0, second.stderr);
    const ada = await signIn(apis, credentials(second.stdout));
    const all = await groups();
    assert.equal(all.length, 6, 'each group once');
    const ids = [];
    const reactions = [];
    for (const { id } of await conversations(ada)) {
      const { events } = await ada.log(id);
      ids.push(...events.filter((event) => /^(message|reaction)\./.test(event.type)).map((event) => event.clientId));
      reactions.push(...events.filter((event) => event.type === 'reaction.added').map(({ actorId, data }) => `${id} ${data.targetSeq} ${actorId} ${data.emoji}`));
    }
    assert.equal(new Set(ids).size, ids.length, 'each message and each change once');
    assert.ok(reactions.length > 20);
    assert.equal(new Set(reactions).size, reactions.length, 'nobody reacts twice');

    const before = (await conversations(ada)).map((one) => [one.id, one.head]);
    for (const args of [[], ['--people', '20', '--messages', '5000']]) {
      const again = await confab(['demo', ...args], settings, { cwd });
      assert.equal(again.code, 0, again.stderr);
      assert.match(again.stdout, /^The demo is there already: nothing was added\.[^\n]*\n$/);
    }
    assert.deepEqual((await conversations(ada)).map((one) => [one.id, one.head]), before);
    assert.equal((await ada.must(200, 'GET /api/users?limit=100')).users.filter((user) => user.username.includes('.')).length, 12);
  });
}

scenario('a demo comes alone into a store, or is told to, or asks', async (things) => {
  const server = await Confab.start(things, { settings: ROOMY });
  const { cwd } = server;
  const ann = await Person.signUp([server.url], 'ann');
  const demo = (...args) => confab(['demo', '--messages', '30', ...args], {}, { cwd });
  const nothing = async () => assert.equal((await ann.must(200, 'GET /api/conversations/public')).conversations.length, 0);

  const refused = await demo();
  assert.deepEqual([refused.code, refused.stdout], [1, '']);
  assert.match(refused.stderr, /1 account\(s\) of others[^]*--yes/);
  const unknown = await demo('--invite', 'nobody');
  assert.deepEqual([unknown.code, /nobody/.test(unknown.stderr)], [1, true]);
  const declined = await onTerminal(['demo', '--messages', '30'], {}, { cwd, answers: [['Go on? [y/N] ', 'n']] });
  assert.deepEqual([declined.code, /nothing was written/.test(declined.screen)], [1, true], declined.screen);
  await nothing();

  const agreed = await onTerminal(['demo', '--messages', '30'], {}, { cwd, answers: [['Go on? [y/N] ', 'y']] });
  assert.equal(agreed.code, 0, agreed.screen);
  assert.match(agreed.screen, /█+ 30 of 30|░+ \d+ of 30/, 'a bar');
  const [, username] = /Sign in +(\S+)/.exec(agreed.screen);
  const [, password] = /Password +(\S+)/.exec(agreed.screen);
  await signIn([server.url], { username, password });
});

scenario('a demo makes its store, in one line, with a password that no other store has', async (things) => {
  const passwords = [];
  for (const people of ['4', '24']) {
    const cwd = await things.folder();
    const child = await confab(['demo', '--messages', '60', '--people', people], {}, { cwd });
    assert.equal(child.code, 0, child.stderr);
    assert.match(child.stdout, /^[^\n\u001b]+\n$/, 'one line, no colours, no bar');
    assert.ok(!/[█░\u001b]/.test(child.stderr), 'no bar');
    const server = await Confab.start(things, { cwd });
    await signIn([server.url], credentials(child.stdout));
    passwords.push(credentials(child.stdout).password);
  }
  assert.notEqual(passwords[0], passwords[1]);
});
