// The stock socket.io-client without any rule on top: for tests about single packets and refusals.

import { io } from 'socket.io-client';

import { within } from './wait.mjs';

export const TRANSPORTS = ['websocket', 'polling'];

/** A client that does not reconnect; not yet waited for. `events` holds `[name, ...args]`. */
export function stock(things, url, options = {}) {
  const socket = io(url, { forceNew: true, reconnection: false, transports: ['websocket'], ...options });
  socket.events = [];
  socket.onAny((...event) => socket.events.push(event));
  things.onEnd(() => socket.disconnect());
  return socket;
}

/** A connected client of a person. */
export async function connected(things, url, token, transport = 'websocket', options = {}) {
  const socket = stock(things, url, { auth: { token }, transports: [transport], ...options });
  await outcome(socket);
  if (!socket.connected) throw new Error(`not connected: ${socket.refusal}`);
  return socket;
}

/** Waits until the client is connected or refused; gives `connected` or the refusal's message. */
export function outcome(socket) {
  return within('a connection or a refusal', new Promise((resolve) => {
    if (socket.connected) resolve('connected');
    socket.once('connect', () => resolve('connected'));
    socket.once('connect_error', (error) => {
      socket.refusal = error.message;
      resolve(error.message);
    });
  }));
}

/** Emits with an ack and gives the ack's first argument. Arguments may be anything. */
export function ask(socket, event, ...args) {
  return within(`an ack of ${event}`, new Promise((resolve) => socket.emit(event, ...args, resolve)));
}
