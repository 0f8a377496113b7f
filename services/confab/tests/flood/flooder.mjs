// Clients that send as fast as they can, in a thread of their own, so that the neighbours' clock is not
// slowed down by them. A worker: `{port, token, id, kinds, milliseconds}`; tells what became of each.

import net from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

import { request } from '../harness/http.mjs';

const CHUNK = 32 * 1024;
const MASK = Buffer.from([1, 2, 3, 4]);
const { port, token, id, kinds, milliseconds } = workerData;

function frame(payload, opcode = 1) {
  const bytes = Buffer.from(payload);
  const head = bytes.length < 126 ? [0x80 | bytes.length] : [0x80 | 126, bytes.length >> 8, bytes.length & 255];
  return Buffer.concat([Buffer.from([0x80 | opcode, ...head]), MASK, bytes.map((byte, at) => byte ^ MASK[at % 4])]);
}

const binary = () => Buffer.concat([frame('451-["x",{"_placeholder":true,"num":0}]'), frame(Buffer.alloc(100), 2)]);

/** What one packet of each kind is, over a websocket. */
const FRAMES = {
  events: () => frame('42["nonsense",1,2,3]'),
  'events with an ack': () => frame('421["nonsense"]'),
  joins: () => frame(`421["joinConversation","${id}"]`),
  leaves: () => frame(`42["leaveConversation","${id}"]`),
  acks: () => frame('431[]'),
  binary,
  'Engine.IO pings': () => frame('2'),
  'websocket pings': () => frame('x', 9),
  'other namespaces': () => frame('40/other'),
  'CONNECT': () => frame(`40{"token":"${token}"}`),
};
const PAYLOADS = { 'posts of events': '42["nonsense"]', 'posts of pings': '2', 'posts of joins': `42["joinConversation","${id}"]` };

/** As many of them as fit into one chunk. */
const repeated = (bytes) => Buffer.concat(Array(Math.floor(CHUNK / bytes.length)).fill(bytes));

/** Writes as fast as the server takes it, until the time is over or the server has cut it. */
function pour(socket, bytes, result) {
  return new Promise((resolve) => {
    let over = false;
    const end = setTimeout(() => {
      over = true;
      resolve();
    }, milliseconds);
    const gone = () => {
      if (over) return;
      result.cut = true;
      clearTimeout(end);
      resolve();
    };
    socket.on('close', gone);
    socket.on('error', gone);
    const more = () => {
      while (!result.cut && !over && socket.write(bytes)) result.bytes += bytes.length;
      result.bytes += bytes.length;
    };
    socket.on('drain', more);
    more();
  }).finally(() => socket.destroy());
}

async function overWebsocket(kind) {
  const result = { kind, bytes: 0, cut: false, answers: '' };
  const socket = net.connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.on('data', (data) => { result.answers = (result.answers + data.toString('latin1')).slice(-4096); });
  socket.write(`GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`);
  socket.write(frame(`40{"token":"${token}"}`));
  while (!/40\{/.test(result.answers)) await new Promise((resolve) => setTimeout(resolve, 5));
  await pour(socket, repeated(FRAMES[kind]()), result);
  return result;
}

async function overPolling(kind) {
  const result = { kind, bytes: 0, cut: false, refused: false };
  const { text } = await request(`http://127.0.0.1:${port}/socket.io/?EIO=4&transport=polling`);
  const path = `/socket.io/?EIO=4&transport=polling&sid=${JSON.parse(text.slice(1)).sid}`;
  await request(`http://127.0.0.1:${port}${path}`, { method: 'POST', body: `40{"token":"${token}"}` });
  const packet = PAYLOADS[kind];
  const body = Array(Math.floor(60_000 / (packet.length + 1))).fill(packet).join('\x1e');
  const socket = net.connect(port, '127.0.0.1');
  socket.on('data', (data) => { result.refused ||= data.toString('latin1').includes('HTTP/1.1 400'); });
  const bytes = Buffer.from(`POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  await pour(socket, bytes, result);
  return result;
}

const results = await Promise.all(kinds.map((kind) => (PAYLOADS[kind] ? overPolling(kind) : overWebsocket(kind))));
parentPort.postMessage(results);
