// `confab health`, which container health checks run: it asks the process of the same settings.

import assert from 'node:assert/strict';
import http from 'node:http';
import { once } from 'node:events';

import { Confab, confab } from './harness/confab.mjs';
import { scenario } from './harness/scenario.mjs';

scenario('confab health succeeds where a ready Confab listens, and nowhere else', async (things) => {
  const server = await Confab.start(things);
  const settings = { http: { listen: `0.0.0.0:${server.port}` } };
  const ready = await confab(['health'], settings);
  assert.deepEqual([ready.code, ready.stdout, ready.stderr], [0, '', '']);

  await server.kill();
  const gone = await confab(['health'], settings);
  assert.equal(gone.code, 1);
  assert.match(gone.stderr, new RegExp(`nothing answers at 127\\.0\\.0\\.1:${server.port}`));
});

scenario('confab health fails while Confab is not ready', async (things) => {
  const server = http.createServer((request, answer) => {
    answer.statusCode = request.url === '/health/ready' ? 503 : 200;
    answer.end();
  });
  things.onEnd(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const child = await confab(['health'], { http: { listen: `127.0.0.1:${server.address().port}` } });
  assert.equal(child.code, 1);
  assert.match(child.stderr, /not ready: .* answered "HTTP\/1\.1 503/);
});
