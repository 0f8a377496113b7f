// One message to NATS, by hand: for what no part of Confab ever publishes.

import net from 'node:net';

import { within } from './wait.mjs';

/** Publishes with headers and waits until the server has taken it. */
export function publish(port, subject, headers, body) {
  const head = `NATS/1.0\r\n${Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  return within('NATS to take a message', new Promise((resolve, reject) => {
    const socket = net.connect({ host: '127.0.0.1', port });
    socket.setEncoding('utf8').on('error', reject).on('data', (text) => {
      if (text.includes('-ERR')) reject(new Error(text));
      if (!text.includes('PONG')) return;
      socket.end();
      resolve();
    });
    socket.write('CONNECT {"verbose":false,"headers":true}\r\n');
    socket.write(`HPUB ${subject} ${head.length} ${head.length + body.length}\r\n${head}${body}\r\nPING\r\n`);
  }));
}
