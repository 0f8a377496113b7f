// How a TCP connection looks from the server's end, asked from the kernel: a client that does not read
// cannot see that it was closed. Linux only, as /proc is.

import fs from 'node:fs/promises';

const ESTABLISHED = '01';

/** Whether the server's end of the connection from `clientPort` to `serverPort` still stands. */
export async function standsAtServer(serverPort, clientPort) {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map((name) => fs.readFile(name, 'utf8').catch(() => '')));
  if (!tables[0]) throw new Error('no /proc/net/tcp: this test needs Linux');
  for (const line of tables.join('\n').split('\n')) {
    const [, local, remote, state] = line.trim().split(/\s+/);
    if (portOf(local) === serverPort && portOf(remote) === clientPort) return state === ESTABLISHED;
  }
  return false;
}

function portOf(address = '') {
  return Number.parseInt(address.split(':')[1] ?? '', 16);
}
