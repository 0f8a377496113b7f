// A collector of traces: takes OTLP over HTTP as protobuf and keeps the spans, so that a test can ask
// what a whole fleet did for one request. Reads the few fields it needs, by their numbers in
// opentelemetry/proto/trace/v1/trace.proto.

import http from 'node:http';

import { until } from './wait.mjs';

/** All fields of one protobuf message: number → values, in their order. Nested ones stay bytes. */
function fields(bytes) {
  const found = new Map();
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (length) => bytes.subarray(at, (at += length));
  const readers = [varint, () => take(8).readBigUInt64LE(), () => take(Number(varint())), null, null, () => take(4).readUInt32LE()];
  while (at < bytes.length) {
    const key = Number(varint());
    const value = readers[key & 7]();
    found.set(key >> 3, [...(found.get(key >> 3) ?? []), value]);
  }
  return found;
}

const messages = (message, number) => (message.get(number) ?? []).map(fields);
const text = (message, number) => message.get(number)?.[0]?.toString('utf8') ?? '';
const hex = (message, number) => message.get(number)?.[0]?.toString('hex') ?? '';

/** AnyValue: text is field 1, a whole number field 3. */
function attributes(owner, number) {
  return Object.fromEntries(messages(owner, number).map((pair) => {
    const value = fields(pair.get(2)[0]);
    return [text(pair, 1), value.has(1) ? text(value, 1) : Number(value.get(3)?.[0])];
  }));
}

function spansOf(body) {
  return messages(fields(body), 1).flatMap((resourceSpans) => {
    const service = attributes(messages(resourceSpans, 1)[0], 1)['service.name'];
    return messages(resourceSpans, 2).flatMap((scope) => messages(scope, 2)).map((span) => ({
      service,
      traceId: hex(span, 1),
      spanId: hex(span, 2),
      parentId: hex(span, 4),
      name: text(span, 5),
      start: span.get(7)[0],
      end: span.get(8)[0],
      attributes: attributes(span, 9),
    }));
  });
}

export class Collector {
  static async create(things) {
    const collector = new Collector();
    await collector.open(0);
    things.onEnd(() => collector.close());
    return collector;
  }

  spans = [];
  requests = 0;

  async open(port) {
    this.server = http.createServer((request, response) => {
      const parts = [];
      request.on('data', (part) => parts.push(part));
      request.on('end', () => {
        this.requests += 1;
        const wanted = request.url === '/v1/traces' && request.headers['content-type'] === 'application/x-protobuf';
        if (wanted) this.spans.push(...spansOf(Buffer.concat(parts)));
        response.writeHead(wanted ? 200 : 400, { 'content-type': 'application/x-protobuf' }).end();
      });
    });
    await new Promise((resolve) => this.server.listen(port, '127.0.0.1', resolve));
    this.port = this.server.address().port;
    this.url = `http://127.0.0.1:${this.port}`;
  }

  async close() {
    if (!this.server) return;
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    this.server = null;
  }

  /** The spans of one trace, once they have all these names. */
  async trace(traceId, names) {
    return until(`the spans ${names.join(', ')}`, () => {
      const spans = this.spans.filter((span) => span.traceId === traceId);
      return names.every((name) => spans.some((span) => span.name === name)) && spans;
    });
  }
}

/** A trace as a table: who did what within whom, from when on and for how long, in milliseconds. */
export function traceTable(spans) {
  const first = spans.reduce((least, span) => (span.start < least ? span.start : least), spans[0].start);
  const millis = (nanos) => (Number(nanos) / 1e6).toFixed(3).padStart(9);
  const rows = [];
  const walk = (parentId, depth) => {
    const children = spans.filter((span) => span.parentId === parentId).sort((a, b) => Number(a.start - b.start));
    for (const span of children) {
      rows.push(`${millis(span.start - first)} ${millis(span.end - span.start)}  ${span.service.padEnd(15)} ${'  '.repeat(depth)}${span.name} ${JSON.stringify(span.attributes)}`);
      walk(span.spanId, depth + 1);
    }
  };
  const ids = new Set(spans.map((span) => span.spanId));
  for (const root of new Set(spans.map((span) => span.parentId).filter((id) => !ids.has(id)))) walk(root, 0);
  return [' from ms   took ms  service         span', ...rows].join('\n');
}
