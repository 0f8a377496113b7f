// WebSocket frames by hand, right ones and wrong ones.

const TEXT = 1;
const BINARY = 2;

/** One frame. `length` is told instead of the real one; `width` is the form in which it is told. */
export function frame(random, payload, { opcode = TEXT, fin = true, rsv = 0, masked = true, length = payload.length, width } = {}) {
  const form = width ?? (length < 126 ? 7 : length < 65_536 ? 16 : 64);
  const head = [(fin ? 0x80 : 0) | (rsv << 4) | opcode, (masked ? 0x80 : 0) | (form === 7 ? length : form === 16 ? 126 : 127)];
  const told = Buffer.alloc(form === 7 ? 0 : form / 8);
  if (form === 16) told.writeUInt16BE(length & 0xffff);
  if (form === 64) told.writeBigUInt64BE(BigInt(length));
  if (!masked) return Buffer.concat([Buffer.from(head), told, payload]);
  const mask = random.bytes(4);
  return Buffer.concat([Buffer.from(head), told, mask, payload.map((byte, at) => byte ^ mask[at % 4])]);
}

/** A message as one frame or as several, with a ping among them now and then. */
function message(random, payload, opcode) {
  if (random.chance(0.85)) return frame(random, payload, { opcode });
  const cuts = Array.from({ length: 1 + random.below(4) }, () => random.below(payload.length + 1)).sort((a, b) => a - b);
  const parts = [0, ...cuts].map((from, n) => payload.subarray(from, cuts[n] ?? payload.length));
  const frames = parts.map((part, n) => frame(random, part, { opcode: n === 0 ? opcode : 0, fin: n === parts.length - 1 }));
  if (random.chance(0.3)) frames.splice(1, 0, frame(random, Buffer.from('hi'), { opcode: 9 }));
  return Buffer.concat(frames);
}

function wrong(random, payload) {
  const short = payload.subarray(0, 100);
  switch (random.below(14)) {
    case 0: return frame(random, payload, { masked: false });
    case 1: return frame(random, payload, { opcode: random.pick([3, 4, 5, 6, 7, 11, 12, 13, 14, 15]) });
    case 2: return frame(random, payload, { rsv: 1 + random.below(7) });
    case 3: return frame(random, short, { width: random.pick([16, 64]) });
    case 4: return frame(random, short, { length: 2n ** 63n - 1n, width: 64 });
    case 5: return frame(random, short, { length: 10_000_000_000, width: 64 });
    case 6: return frame(random, Buffer.alloc(200), { opcode: random.pick([8, 9, 10]) });
    case 7: return frame(random, short, { opcode: random.pick([8, 9, 10]), fin: false });
    case 8: return frame(random, Buffer.from([3]), { opcode: 8 });
    case 9: return frame(random, Buffer.from([random.below(256), random.below(256), 0xff]), { opcode: 8 });
    case 10: return frame(random, Buffer.from([0x34, 0x32, 0xc3, 0x28]), {});
    case 11: return frame(random, payload, { opcode: 0 });
    case 12: return frame(random, payload, {}).subarray(0, 1 + random.below(10));
    default: return random.bytes(1 + random.below(200));
  }
}

/** The bytes by which a packet goes out, wrong ones now and then. */
export function framed(random, packet, tame = false) {
  const payload = Buffer.from(packet);
  if (random.chance(tame ? 0.002 : 0.03)) return wrong(random, payload);
  return message(random, payload, typeof packet === 'string' ? TEXT : BINARY);
}
