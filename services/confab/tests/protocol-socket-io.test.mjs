// The rules of Socket.IO v5 above Engine.IO, on both transports; see protocol.test.mjs.

import assert from 'node:assert/strict';

import { Confab } from './harness/confab.mjs';
import { ROOMY } from './harness/fleet.mjs';
import { Person } from './harness/http.mjs';
import { Line } from './harness/line.mjs';
import { scenario, table } from './harness/scenario.mjs';
import { TRANSPORTS } from './harness/stock.mjs';

const PLACEHOLDER = '{"_placeholder":true,"num":0}';
const BYTES = Buffer.from([1, 2, 3]);

for (const transport of TRANSPORTS) {
  scenario(`Socket.IO over ${transport}`, async (things, t) => {
    const server = await Confab.start(things, { settings: { ...ROOMY, limits: { ...ROOMY.limits, sockets_per_user: 1000 } } });
    const ann = await Person.signUp([server.url], 'ann');
    const auth = JSON.stringify({ token: ann.token });
    const open = (options) => Line.open(things, server.url, transport, options);
    const enter = () => Line.connect(things, server.url, ann.token, transport);
    const asked = async (line, ...packets) => {
      await line.send(...packets);
      return line.next(`an answer to ${String(packets[0]).slice(0, 50)}`);
    };
    const closesAfter = async (line, ...packets) => {
      await line.send(...packets);
      await line.closed();
    };

    const CONNECT = {
      'CONNECT is answered with the id of the socket': async () => {
        const line = await open();
        const answer = await asked(line, `40${auth}`);
        assert.equal(answer.slice(0, 2), '40');
        const { sid, ...more } = JSON.parse(answer.slice(2));
        assert.deepEqual(more, {});
        // Differs: the official server makes a second id here; this one is the session's own.
        assert.equal(sid, line.handshake.sid);
      },
      'CONNECT without a payload goes by the cookie': async () => {
        assert.match(await asked(await open({ headers: { cookie: `confab_session=${ann.token}` } }), '40'), /^40\{"sid":/);
      },
      'CONNECT without a session is refused for good': async () => {
        for (const payload of ['', '{}', '{"token":"x"}', '{"token":null}', '{"token":7}', '[]', '{', '"x"', '7']) {
          assert.equal(await asked(await open(), `40${payload}`), '44{"message":"unauthorized"}', payload);
        }
      },
      'after a refusal there is no second try on this session': async () => {
        const line = await open();
        await asked(line, '40{"token":"x"}');
        await closesAfter(line, `40${auth}`);
      },
      'an unknown namespace is refused, and the main one stands': async () => {
        const line = await enter();
        for (const name of ['/random', '/random,', '/random,{"token":"x"}', '/%00,', '/\u00e9,']) {
          const path = /^[^,]*/.exec(name)[0];
          assert.equal(await asked(line, `40${name}`), `44${path},{"message":"Invalid namespace"}`);
        }
        await line.send('42/random,["a"]', '42/random,1["a"]', '41/random', '41/random,', '43/random,1[]');
        await line.lives();
      },
      'an unknown namespace does not keep one from the main one': async () => {
        const line = await open();
        assert.match(await asked(line, '40/random'), /^44\/random,/);
        assert.match(await asked(line, `40${auth}`), /^40\{/);
      },
      'a second CONNECT is ignored': async () => {
        const line = await enter();
        await line.send(`40${auth}`, '40', '40{"token":"x"}', '421["a"]');
        assert.match(await line.next('an answer'), /^431\[/);
        await line.lives();
      },
      'many CONNECTs at once are one': async () => {
        const line = await open();
        await line.send(...Array(50).fill(`40${auth}`));
        assert.match(await line.next('the answer'), /^40\{/);
        await line.lives();
      },
      'what is no Socket.IO packet closes the session, before CONNECT and after it': async () => {
        for (const packet of ['4abc', '4', '4 ', '47', '48["a"]', '44{"message":"x"}', '4-', '4\u00e9']) {
          await closesAfter(await open(), packet);
          await closesAfter(await enter(), packet);
        }
      },
      'an event or an ack before CONNECT closes the session': async () => {
        for (const packet of ['42["a"]', '421["a"]', '431[]', '41']) await closesAfter(await open(), packet);
      },
    };

    const EVENTS = {
      'an ack carries the number that was asked with': async () => {
        const line = await enter();
        for (const id of ['0', '456', '9007199254740993', '9223372036854775807']) {
          assert.match(await asked(line, `42${id}["a"]`), new RegExp(`^43${id}\\[\\{"ok":false,"code":"unknown_event"`));
        }
        assert.match(await asked(line, '42007["a"]'), /^437\[/);
      },
      'an ack number that is none makes the packet invalid': async () => {
        for (const id of ['-1', '+1', '1.5', '1e3', ' 1', '0x1']) await closesAfter(await enter(), `42${id}["a"]`);
      },
      'differs: beyond 64 bits an ack number is none, so a refusal comes as the event error': async () => {
        const line = await enter();
        for (const id of ['9223372036854775808', '9'.repeat(60)]) assert.match(await asked(line, `42${id}["a"]`), /^42\["error",/);
      },
      'an event without a name is invalid': async () => {
        for (const data of ['', '[]', '{}', '[7]', '[null]', '[["a"]]', '["a"', '["a', 'a', '[', '["\\x"]']) {
          await closesAfter(await enter(), `42${data}`);
        }
      },
      'what follows the name is taken as it comes': async () => {
        const line = await enter();
        for (const data of ['["a",1,"2",{"3":[true]},null]', '["a" , 1 ]', '["\u00e9"]', `["a",${'['.repeat(2000)}${']'.repeat(2000)}]`]) {
          assert.match(await asked(line, `42${data}`), /^42\["error",\{"code":"unknown_event"/);
        }
      },
      'differs: an event name with an escape in it is invalid, none of ours has one': async () => {
        for (const data of ['["\\u0061"]', '["a\\"b"]', '["a\\n"]']) await closesAfter(await enter(), `42${data}`);
      },
      'an ack for which nobody waits is ignored': async () => {
        const line = await enter();
        await line.send('431[]', '430["x"]', '43999["a",{"b":1}]');
        await line.lives();
      },
      'differs: binary is refused, with a code, since envelopes are JSON': async () => {
        const line = await enter();
        assert.match(await asked(line, `451-["a",${PLACEHOLDER}]`, BYTES), /^42\["error",\{"code":"binary_refused"/);
        assert.match(await asked(line, `451-789["a",${PLACEHOLDER}]`, BYTES), /^43789\[\{"ok":false,"code":"binary_refused"/);
        assert.match(await asked(line, `452-790["a",${PLACEHOLDER},{"_placeholder":true,"num":1}]`, BYTES, BYTES), /^43790\[\{"ok":false,"code":"binary_refused"/);
        await line.send(`461-3[${PLACEHOLDER}]`, BYTES);
        await line.lives();
      },
      'binary packets that are not whole close the session': async () => {
        for (const packets of [
          [BYTES], ['451-["a"]', '42["b"]'], [`451-["a",${PLACEHOLDER}]`, '451-["a"]', BYTES], ['45["a"]'], ['45-["a"]'], ['45-1-["a"]'],
          ['4565-["a"]'], [`45${'9'.repeat(30)}-["a"]`], ['46["a"]'], ['461-["a"]', BYTES],
        ]) await closesAfter(await enter(), ...packets);
      },
      'differs: DISCONNECT ends the session, since there is one namespace': async () => {
        const line = await enter();
        await closesAfter(line, '41');
      },
      'nothing is taken after a DISCONNECT': async () => {
        const line = await enter();
        await closesAfter(line, '41', `40${auth}`, '42["a"]');
      },
    };

    await table(t, Object.entries({ ...CONNECT, ...EVENTS }).map(([name, check]) => ({ name, check })), ({ check }) => check());
  });
}
