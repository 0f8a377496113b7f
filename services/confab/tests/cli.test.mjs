// The command line: what it teaches, what it says when it cannot, its exit codes, and accounts made and
// changed from it.

import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import path from 'node:path';

import { mustRun } from './harness/child.mjs';
import { Confab, confab } from './harness/confab.mjs';
import { Fleet } from './harness/fleet.mjs';
import { Person, request } from './harness/http.mjs';
import { Database } from './harness/postgres.mjs';
import { scenario, table } from './harness/scenario.mjs';
import { connected } from './harness/stock.mjs';
import { onTerminal } from './harness/terminal.mjs';
import { until } from './harness/wait.mjs';

const COMMANDS = ['all', 'api', 'gateway', 'migrate', 'user', 'demo', 'verify', 'export', 'import', 'reindex', 'restored', 'config', 'health', 'completions'];
const ESCAPE = '\u001b';
const PASSWORD = 'seven blue herons at dusk';

const signIn = (url, username, password) => request(`${url}/api/sessions`, { method: 'POST', body: { username, password } });

scenario('help names every command, the first steps, the data, the settings and the exit codes', async (things, t) => {
  const cwd = await things.folder();
  const { code, stdout, stderr } = await confab(['--help'], {}, { cwd });
  assert.deepEqual([code, stderr], [0, '']);
  for (const command of COMMANDS) assert.match(stdout, new RegExp(`^  ${command} +\\w`, 'm'), command);
  for (const word of ['confab demo', './data', 'CONFAB__HTTP__LISTEN', 'Exit codes', '64']) assert.ok(stdout.includes(word), word);
  assert.ok(!stdout.includes(ESCAPE), 'no colours away from a terminal');
  assert.ok(stdout.split('\n').every((line) => line.length <= 100), 'fits a terminal');
  const teaching = [['api'], ['gateway'], ['migrate'], ['demo'], ['verify'], ['export'], ['import'], ['reindex'], ['user', 'create'], ['user', 'set-password'], ['config', 'check'], ['config', 'print'], ['completions']];
  await table(t, teaching.map((args) => ({ name: args.join(' '), args })), async ({ args }) => {
    const child = await confab([...args, '--help'], {}, { cwd });
    assert.equal(child.code, 0, child.stderr);
    assert.match(child.stdout, /\nExamples?:\n/);
  });
  assert.deepEqual(await fs.readdir(cwd), [], 'nothing was made on the side');
});

scenario('what cannot be read ends with 2 and says what was meant', async (things, t) => {
  const cwd = await things.folder();
  const cases = [
    { args: ['migrat'], says: /migrate/ }, { args: ['demo', '--mesages', '5'], says: /--messages/ },
    { args: ['demo', '--messages', 'many'], says: /many/ }, { args: ['demo', '--people', '3'], says: /4\.\.=24/ },
    { args: ['user'], says: /create/ }, { args: ['user', 'create'], says: /USERNAME/ },
    { args: ['user', 'create', 'ann', PASSWORD], says: /unexpected argument/ }, { args: ['verify', '--nats', '--no-nats'], says: /cannot be used with/ }, { args: ['import'], says: /FILE/ }, { args: ['completions', 'cmd'], says: /bash/ },
    { args: ['config', 'check', '--for', 'cook'], says: /gateway/ },
  ];
  await table(t, cases.map((one) => ({ ...one, name: one.args.join(' ') })), async ({ args, says }) => {
    const child = await confab(args, {}, { cwd });
    assert.deepEqual([child.code, child.stdout], [2, '']);
    assert.match(child.stderr, says);
  });
});

scenario('a start that fails says what to do', async (things, t) => {
  const first = await Confab.start(things);
  const cwd = await things.folder();
  await fs.writeFile(path.join(cwd, 'file'), '');
  const free = { listen: '127.0.0.1:0' };
  const cases = [
    { name: 'a port that is taken', settings: { http: { listen: `127.0.0.1:${first.port}` } }, code: 1, says: [`${first.port}`, 'http.listen', `CONFAB__HTTP__LISTEN=127.0.0.1:${first.port + 1}`] },
    { name: 'an address of another machine', settings: { http: { listen: '192.0.2.1:8080' } }, code: 1, says: ['192.0.2.1', 'http.listen', '0.0.0.0'] },
    { name: 'a folder that is a file', settings: { http: free, database: { url: 'sqlite://file/confab.db' } }, code: 1, says: ['database.url'] },
    { name: 'a role without its fleet', args: ['config', 'check', '--for', 'gateway'], code: 64, says: ['database.url', 'nats.url'] },
  ];
  await table(t, cases, async ({ args = [], settings, code, says }) => {
    const child = await confab(args, settings, { cwd });
    assert.equal(child.code, code, child.stderr);
    for (const word of says) assert.ok(child.stderr.includes(word), `${word} is not in: ${child.stderr}`);
  });
});

scenario('config print can be read by people and by confab', async (things) => {
  const cwd = await things.folder();
  const settings = { http: { listen: '127.0.0.1:9' }, log: { filter: 'warn' } };
  const { stdout } = await confab(['config', 'print'], settings, { cwd });
  assert.ok(!stdout.includes(ESCAPE));
  const http = stdout.split('\n\n').find((section) => section.startsWith('[http]')).split('\n').slice(1);
  assert.equal(new Set(http.map((line) => line.indexOf('  # '))).size, 1, `origins below each other:\n${http.join('\n')}`);
  assert.match(stdout, /^listen = "127\.0\.0\.1:9" +# environment CONFAB__HTTP__LISTEN$/m);
  assert.match(stdout, /^drain_seconds = 10 +# default$/m);

  const file = path.join(cwd, 'printed.toml');
  await fs.writeFile(file, stdout);
  const again = await confab(['config', 'print', '--config', file], {}, { cwd });
  const values = (text) => text.replaceAll(/ +# .*/g, '');
  assert.equal(values(again.stdout), values(stdout), again.stderr);
  const changed = await confab(['config', 'print', '--changed'], settings, { cwd });
  assert.equal(values(changed.stdout), '[http]\nlisten = "127.0.0.1:9"\n\n[log]\nfilter = "warn"\n');
  const none = await confab(['config', 'print', '--changed'], {}, { cwd });
  assert.deepEqual([none.code, none.stdout.startsWith('#')], [0, true]);
});

scenario('colours are for terminals, and not where NO_COLOR is set', async (things) => {
  const cwd = await things.folder();
  for (const args of [['config', 'print'], ['--help'], ['migrat']]) {
    const shown = await onTerminal(args, {}, { cwd });
    assert.ok(shown.screen.includes(`${ESCAPE}[`), `${args}: ${shown.screen}`);
    const plain = await onTerminal(args, {}, { cwd, env: { NO_COLOR: '1' } });
    assert.ok(!plain.screen.includes(ESCAPE), `${args}: ${plain.screen}`);
  }
});

scenario('migrate says what it did, on both databases', async (things) => {
  const cwd = await things.folder();
  const postgres = await Database.create(things);
  for (const settings of [{}, { database: { url: postgres.url } }]) {
    const first = await confab(['migrate'], settings, { cwd });
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stdout, /^applied 0001 \w+\n(applied \d{4} [^\n]+\n)+a new store at version \d+ \(\d+ migrations\)\n$/);
    const second = await confab(['migrate'], settings, { cwd });
    assert.match(second.stdout, /^the store is at version \d+ already: nothing to do\n$/);
  }
});

scenario('completions are scripts, also where the settings are wrong', async (things) => {
  const wrong = { http: { listen: 'nowhere' } };
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, stdout, stderr } = await confab(['completions', shell], wrong);
    assert.equal(code, 0, stderr);
    for (const command of COMMANDS) assert.ok(stdout.includes(command), `${shell}: ${command}`);
    if (shell === 'bash') await mustRun('bash', ['-n', '-c', stdout]);
  }
});

scenario('an account is made from the command line, its password never an argument', async (things, t) => {
  const server = await Confab.start(things);
  const { cwd } = server;
  const make = (name, input, more = []) => confab(['user', 'create', name, ...more], {}, { cwd, input });
  const made = await make('Ann', `${PASSWORD}\nmore lines\n`, ['--display-name', 'Ann Ångström']);
  assert.equal(made.code, 0, made.stderr);
  assert.ok(!(made.stdout + made.stderr).includes(PASSWORD));
  const answer = await signIn(server.url, 'ann', PASSWORD);
  assert.deepEqual([answer.status, answer.json.user.username, answer.json.user.displayName], [200, 'ann', 'Ann Ångström']);

  const cases = [
    { name: 'a name that is taken', who: 'ann', input: PASSWORD, says: /taken/ }, { name: 'a bad name', who: 'a b', input: PASSWORD, says: /username/ },
    { name: 'a short password', who: 'ben', input: 'short', says: /password must have/ }, { name: 'a common password', who: 'ben', input: 'password1234', says: /password/ },
    { name: 'an empty stdin', who: 'ben', input: '', says: /stdin/ }, { name: 'no stdin', who: 'ben', input: undefined, says: /stdin/ },
    { name: 'bytes that are no text', who: 'ben', input: Buffer.from([0xff, 0xfe, 0x0a]), says: /stdin/ },
  ];
  await table(t, cases, async ({ who, input, says }) => {
    const child = await make(who, input);
    assert.equal(child.code, 1, child.stdout);
    assert.match(child.stderr, says);
  });
  assert.equal((await signIn(server.url, 'ben', 'password1234')).status, 401);

  const ask = (second) => onTerminal(['user', 'create', 'cleo'], {}, { cwd, answers: [['Password of cleo: ', PASSWORD, 'hidden'], ['The same again: ', second, 'hidden']] });
  const differs = await ask(`${PASSWORD}!`);
  assert.equal(differs.code, 1);
  assert.match(differs.screen, /not the same/);
  const asked = await ask(PASSWORD);
  assert.equal(asked.code, 0, asked.screen);
  assert.ok(!asked.screen.includes(PASSWORD), 'what is typed is not shown');
  assert.equal((await signIn(server.url, 'cleo', PASSWORD)).status, 200);
});

for (const nats of ['up', 'away']) {
  scenario(`a new password signs out everywhere, on every gateway (NATS ${nats})`, async (things) => {
    const natsUrl = nats === 'away' ? () => 'nats://127.0.0.1:9' : undefined;
    const fleet = await Fleet.start(things, { apis: 1, gateways: 2, natsUrl });
    const ann = await Person.signUp(fleet.apiUrls, 'ann');
    const [again, ben] = [await ann.signIn(), await Person.signUp(fleet.apiUrls, 'ben')];
    const sockets = [];
    for (const person of [ann, again]) for (const url of fleet.gatewayUrls) sockets.push(await connected(things, url, person.token));
    const other = await connected(things, fleet.gatewayUrls[0], ben.token);

    const changed = await confab(['user', 'set-password', 'ann'], fleet.settings, { input: `${PASSWORD}\n` });
    assert.equal(changed.code, 0, changed.stderr);
    assert.match(changed.stdout, /^ann has a new password; 2 session\(s\) ended\n$/);
    await until('all sockets of ann to close', () => sockets.every((socket) => !socket.connected));
    for (const person of [ann, again]) await until('the token to be refused', async () => (await person.call('GET /api/me')).status === 401);
    assert.equal((await signIn(fleet.apiUrls[0], 'ann', ann.password)).status, 401, 'the old one');
    assert.equal((await signIn(fleet.apiUrls[0], 'ann', PASSWORD)).status, 200, 'the new one');
    assert.ok(other.connected);
    assert.equal((await ben.call('GET /api/me')).status, 200, 'nobody else is signed out');

    const nobody = await confab(['user', 'set-password', 'nobody'], fleet.settings, { input: `${PASSWORD}\n` });
    assert.deepEqual([nobody.code, /nobody/.test(nobody.stderr)], [1, true]);
  });
}
