// The contestant that most people would write: express, socket.io and pg, one statement a message, tuned as the documentation of
// socket.io advises (bufferutil, no kept request, websocket only, no compression). Several replicas reach each other's sockets through
// Redis. It keeps no order between replicas, refills nothing and checks no right on a socket: that is what it is compared with.
//
// Settings: DATABASE_URL, SECRET, and REDIS_URL for several replicas. Says its port on stdout.

import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

import { createAdapter } from '@socket.io/redis-adapter';
import express from 'express';
import pg from 'pg';
import { createClient } from 'redis';
import { Server } from 'socket.io';

const { DATABASE_URL, REDIS_URL, SECRET } = process.env;

const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10 });
const app = express();
app.disable('x-powered-by');
app.disable('etag');
const server = createServer(app);
// The bench keeps its connections while others are measured.
server.keepAliveTimeout = 120_000;

const io = new Server(server, { transports: ['websocket'], serveClient: false, pingInterval: 10_000, pingTimeout: 8_000 });
if (REDIS_URL) {
  const publisher = createClient({ url: REDIS_URL });
  const subscriber = publisher.duplicate();
  await Promise.all([publisher.connect(), subscriber.connect()]);
  io.adapter(createAdapter(publisher, subscriber));
}
io.engine.on('connection', (socket) => {
  socket.request = null;
});
io.on('connection', (socket) => {
  socket.on('joinConversation', (id, answer) => {
    socket.join(`chat:${id}`);
    answer?.({ ok: true });
  });
});

/** `USER.SIGNATURE`, as a small signed token. */
function authenticate(request, response, next) {
  const [user, signature] = (request.get('authorization') ?? '').replace('Bearer ', '').split('.');
  const wanted = createHmac('sha256', SECRET).update(user).digest();
  const given = Buffer.from(signature ?? '', 'base64url');
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
    response.status(401).json({ error: 'unauthenticated' });
    return;
  }
  request.user = user;
  next();
}

const INSERT = {
  name: 'insert-message',
  text: `insert into message (conversation_id, sender_id, client_id, body)
    select $1, $2, $3, $4 where exists (select from participant where conversation_id = $1 and user_id = $2)
    returning id, created_at`,
};

app.post('/api/conversations/:id/messages', express.json({ limit: '64kb' }), authenticate, async (request, response) => {
  const { body, clientId } = request.body ?? {};
  if (typeof body !== 'string' || body.length === 0 || body.length > 16_384) {
    response.status(400).json({ error: 'body is a text of 1 to 16384 characters' });
    return;
  }
  const conversationId = request.params.id;
  const { rows } = await pool.query({ ...INSERT, values: [conversationId, request.user, clientId, body] });
  if (rows.length === 0) {
    response.status(404).json({ error: 'there is no such conversation' });
    return;
  }
  const message = {
    id: Number(rows[0].id), conversationId, senderId: request.user, clientId, body, createdAt: rows[0].created_at,
  };
  io.to(`chat:${conversationId}`).emit('message', message);
  response.status(201).json(message);
});

server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
