// Packets of Engine.IO and Socket.IO that are nearly right: valid ones with something of their
// structure changed. A packet is text or bytes.

const NUMBERS = ['0', '1', '-1', '007', '1.5', '1e309', '9007199254740993', '9223372036854775807', '9223372036854775808', '18446744073709551616', '9'.repeat(400), '\u0663'];
const STRINGS = ['""', '"x"', '"\\u0000"', '"\\ud800"', '"\u{1f600}"', '"__proto__"', '"\\u202e"', '"\\""', '"\x1e"', '"\\ud83d\\ude00"'];
const SCALARS = ['null', 'true', 'false', '[]', '{}', ...NUMBERS, ...STRINGS];
const ANY = [NUMBERS, STRINGS, SCALARS];
const VALID = ANY.map((list) => list.filter(isJson));
/** Those that a session survives. */
const TAME = [0, 2, 3, 4, 5, 6, 6, 7, 10, 12];
const NAMES = ['joinConversation', 'leaveConversation', 'message', 'connect', 'disconnect', 'error', 'constructor', '', 'newListener'];
const NAMESPACES = ['/', '/,', '/x,', '/x', '/\u00e9,', '//,', `/${'n'.repeat(300)},`, '/x?y=1,', '/ ,'];
const LARGE = [100, 5_000, 66_000];

/** A JSON value, mostly small, now and then deep, long or, unless it is to be tame, broken. */
function value(random, context) {
  const [numbers, strings, scalars] = (context.tame ? VALID : ANY);
  switch (random.below(12)) {
    case 0: return JSON.stringify(context.id);
    case 1: return `{"after":${random.pick(scalars)}}`;
    case 2: return `{"after":${random.pick(numbers)},"epoch":${random.pick(strings)}}`;
    case 3: return `{"_placeholder":true,"num":${random.pick(numbers)}}`;
    case 4: {
      const depth = random.below(context.tame ? 100 : 3000);
      return '['.repeat(depth) + ']'.repeat(context.tame ? depth : random.below(3000));
    }
    case 5: return context.tame ? '{"a":{}}' : '{"a":'.repeat(random.below(500));
    case 6: return JSON.stringify('y'.repeat(!context.tame && random.chance(0.1) ? random.pick(LARGE) : random.below(200)));
    case 7: return `{"a":1,"a":${random.pick(scalars)}}`;
    case 8: return JSON.stringify({ token: random.chance(0.5) ? context.token : 'z' });
    default: return random.pick(scalars);
  }
}

function isJson(text) {
  try {
    return JSON.parse(text) !== undefined;
  } catch {
    return false;
  }
}

function event(random, context) {
  const name = context.tame || random.chance(0.9) ? JSON.stringify(random.pick(NAMES)) : random.pick(SCALARS);
  const values = Array.from({ length: random.below(4) }, () => value(random, context));
  if (random.chance(0.5)) values.unshift(JSON.stringify(context.id));
  return `[${[name, ...values].join(',')}]`;
}

const namespace = (random) => (random.chance(0.1) ? random.pick(NAMESPACES) : '');
const ackNumber = (random) => (random.chance(0.1) ? random.pick(NUMBERS) : String(random.below(1000)));

/** Packets that follow each other on purpose, such as binary after what announces it. */
function wellFormed(random, context) {
  const data = event(random, context);
  switch (context.tame ? random.pick(TAME) : random.below(14)) {
    case 0: return [`40${namespace(random)}{"token":"${context.token}"}`];
    case 1: return [`40${namespace(random)}${value(random, context)}`];
    case 2: case 3: return [`42["joinConversation","${context.id}"]`];
    case 4: return [`42${ackNumber(random)}["joinConversation","${context.id}",${value(random, context)}]`];
    case 5: return [`42${ackNumber(random)}["leaveConversation","${context.id}"]`];
    case 6: return [`42${namespace(random)}${random.chance(0.5) ? ackNumber(random) : ''}${data}`];
    case 7: return [`43${ackNumber(random)}${data}`];
    case 8: {
      const count = random.chance(0.7) ? 1 + random.below(3) : Number(random.below(200));
      const parts = Array.from({ length: random.chance(0.8) ? Math.min(count, 4) : random.below(5) }, () => random.bytes(random.below(300)));
      return [`4${random.pick([5, 6])}${random.chance(0.9) ? count : random.pick(NUMBERS)}-${random.chance(0.5) ? ackNumber(random) : ''}${data}`, ...parts];
    }
    case 9: return [random.bytes(random.below(500))];
    case 10: return [context.tame || random.chance(0.7) ? random.pick(['2', '3']) : random.pick(['2probe', '3probe', '5', '6', '0', '0{"sid":"x"}'])];
    case 11: return [random.chance(0.5) ? '40' : random.pick(['1', '41', `41${namespace(random)}`, '44{"message":"x"}', '4', '42', '43', '45', '46', '47'])];
    default: return [`42${data}`];
  }
}

/** Breaks one packet in one place. */
function broken(random, packet) {
  const bytes = Buffer.from(packet);
  const at = random.below(bytes.length + 1);
  switch (random.below(7)) {
    case 0: return bytes.subarray(0, at).toString('latin1');
    case 1: return Buffer.concat([bytes.subarray(0, at), random.bytes(1 + random.below(4)), bytes.subarray(at)]).toString('latin1');
    case 2: return Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.min(at + 1 + random.below(8), bytes.length))]).toString('latin1');
    case 3: return String.fromCharCode(random.below(128)) + bytes.subarray(1).toString('utf8');
    case 4: return bytes.subarray(0, 1).toString() + String.fromCharCode(random.below(128)) + bytes.subarray(2).toString('utf8');
    case 5: return `${bytes.toString('utf8')}\x1e${bytes.toString('utf8')}`;
    default: return bytes.toString('utf8').replace(/[0-9]+/, random.pick(NUMBERS));
  }
}

/** One to a few packets in a row. `context`: `{id, token}` that are valid, and whether to be `tame`. */
export function packets(random, context) {
  const tame = context.tame && random.chance(0.995);
  const list = wellFormed(random, { ...context, tame });
  if (tame) return list;
  return random.chance(0.2) ? list.map((packet) => (random.chance(0.7) ? broken(random, packet) : packet)) : list;
}
