// Free ports of 127.0.0.1. A port is given out once per process, so that a server which is killed
// and started again finds its own port free.

import net from 'node:net';

const givenOut = new Set();

export async function freePort() {
  for (;;) {
    const port = await askKernel();
    if (!givenOut.has(port)) {
      givenOut.add(port);
      return port;
    }
  }
}

function askKernel() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
