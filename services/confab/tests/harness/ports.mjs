// Free ports of 127.0.0.1. A port is given out once per process, so that a server which is killed and started
// again finds its own port free. They lie below those from which the kernel takes the near end of connections,
// else one of the hundreds that a test opens may sit on the port of a server that is away for a moment.

import net from 'node:net';

const LOWEST = 10_000;
const COUNT = 22_000;
const givenOut = new Set();

export async function freePort() {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * COUNT);
    if (!givenOut.has(port) && (await isFree(port))) {
      givenOut.add(port);
      return port;
    }
  }
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
