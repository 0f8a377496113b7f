// HTTP requests to `/socket.io/` by hand, right ones and wrong ones.

const CRLF = '\r\n';

export function upgrade(random, { port, query = 'EIO=4&transport=websocket' }) {
  const lines = [`GET /socket.io/?${query} HTTP/1.1`, `Host: 127.0.0.1:${port}`, 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='];
  if (random.chance(0.05)) lines.splice(1 + random.below(5), 1);
  if (random.chance(0.05)) lines.push('Sec-WebSocket-Extensions: permessage-deflate', 'Sec-WebSocket-Protocol: x, y');
  if (random.chance(0.05)) lines[0] = lines[0].replace('EIO=4', random.pick(['EIO=3', 'EIO=', 'EIO=4&EIO=3', 'sid=AAAAAAAAAAAAAAHs&EIO=4', 'sid=&EIO=4']));
  return Buffer.from(lines.join(CRLF) + CRLF + CRLF);
}

/** `sid`: the session's. */
export function poll(random, { port, sid }) {
  return Buffer.from([`${method(random, 'GET')} /socket.io/?${query(random, sid)} HTTP/1.1`, `Host: 127.0.0.1:${port}`, '', ''].join(CRLF));
}

export function post(random, { port, sid }, body) {
  const head = [`${method(random, 'POST')} /socket.io/?${query(random, sid)} HTTP/1.1`, `Host: 127.0.0.1:${port}`, `Content-Type: ${random.chance(0.9) ? 'text/plain;charset=UTF-8' : random.pick(['application/octet-stream', 'application/json', '\u00ff', ''])}`];
  if (random.chance(0.15)) return Buffer.concat([Buffer.from([...head, 'Transfer-Encoding: chunked', '', ''].join(CRLF), 'latin1'), chunked(random, body)]);
  if (random.chance(0.03)) head.push('Expect: 100-continue');
  if (random.chance(0.03)) head.push(random.pick(['Transfer-Encoding: chunked', 'no colon', `X: ${'h'.repeat(70_000)}`, ': x', 'X\u0000: y', ' folded']));
  const length = random.chance(0.93) ? body.length : random.pick([body.length + 7, Math.max(body.length - 3, 0), -1, 'x', '1e3', 2 ** 63, '0x10', `${body.length}, ${body.length + 1}`, '']);
  return Buffer.concat([Buffer.from([...head, `Content-Length: ${length}`, '', ''].join(CRLF), 'latin1'), body]);
}

function method(random, usual) {
  return random.chance(0.96) ? usual : random.pick(['PUT', 'DELETE', 'OPTIONS', 'HEAD', 'get', 'PATCH', 'TRACE', 'POST', 'GET', 'X'.repeat(50)]);
}

function query(random, sid) {
  const right = `EIO=4&transport=polling&sid=${sid}`;
  if (random.chance(0.93)) return right;
  return random.pick([
    `EIO=4&transport=websocket&sid=${sid}`, `EIO=3&transport=polling&sid=${sid}`, `EIO=4&transport=polling&sid=${sid}x`, `EIO=4&transport=polling&sid=&sid=${sid}`,
    `${right}&sid=AAAAAAAAAAAAAAHs`, 'EIO=4&transport=polling&sid=%00', `transport=polling&sid=${sid}`, `EIO=4&sid=${sid}`, '', `${right}&t=${'t'.repeat(3000)}`, `${right}#x`, `sid=${sid}`,
  ]);
}

function chunked(random, body) {
  const parts = [];
  for (let at = 0; at < body.length;) {
    const size = 1 + random.below(Math.min(body.length - at, 4000));
    parts.push(Buffer.from(`${size.toString(16)}${random.chance(0.05) ? ';x=y' : ''}${CRLF}`), body.subarray(at, at + size), Buffer.from(CRLF));
    at += size;
  }
  const end = random.chance(0.9) ? `0${CRLF}${CRLF}` : random.pick(['', 'zz\r\n', 'fffffffffffffffff\r\n', '-1\r\n', `0${CRLF}X: y${CRLF}${CRLF}`, '5\r\nab']);
  return Buffer.concat([...parts, Buffer.from(end)]);
}
