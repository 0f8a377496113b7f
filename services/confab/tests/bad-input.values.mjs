// Bad values by kind: what a field, a parameter or an id of that kind must not be, and how it is refused.
// A row is `[name, value, expect]`. S3NTINEL marks what must not be repeated to the sender.

import { randomUUID } from 'node:crypto';

export const S3 = 'S3NTINEL';

const MALFORMED = { status: 400, code: 'malformed' };
const INVALID = { status: 422, code: 'invalid' };
const EITHER = { status: [400, 422] };
const UNFIT = { status: 401, code: 'invalid_credentials' };

const INVISIBLE = { 'zero-width only': '\u200b\u2060', 'a braille blank': '\u2800', 'a filler': '\u3164' };
const UNPRINTABLE = { NUL: `${S3}\u0000`, bell: `${S3}\u0007`, 'two lines': `${S3}\nb`, 'a line separator': `${S3}\u2028b`, bidi: `${S3}\u202eb`, 'a bidi isolate': `\u2067${S3}` };
const all = (values, expect) => Object.entries(values).map(([name, value]) => [name, value, expect]);

const line = (max) => [
  ...all({ empty: '', blank: ' \t\n\u00a0', ...INVISIBLE, ...UNPRINTABLE, 'one too long': 'é'.repeat(max + 1), 'far too long': S3.repeat(1250) }, INVALID),
];

const password = all({
  empty: '', short: S3, 'eleven characters': 'é'.repeat(11), common: 'password1234', 'of 257 characters': 'x'.repeat(257), 'far too long': S3.repeat(1250),
}, INVALID);

const WORDS = {
  empty: '', word: S3, number: '17', 'not hexadecimal': '0198f2ab-0000-7000-8000-00000000000g', 'without hyphens': '0198f2ab000070008000000000000000',
  'in braces': '{0198f2ab-0000-7000-8000-000000000000}', urn: 'urn:uuid:0198f2ab-0000-7000-8000-000000000000', 'with a space': ' 0198f2ab-0000-7000-8000-000000000000',
  NUL: `${S3}\u0000`, long: S3.repeat(500), 'other hyphens': '0198f2ab\u20100000\u20107000\u20108000\u2010000000000000',
};

const UNKNOWN = '0198f2ab-0000-7000-8000-000000000000';
const SEQS = { negative: -1, fraction: 1.5, tiny: 5e-324, 'huge': 1e300, '2^64': 2 ** 64 };

/** Of fields of a body, by kind; wrong JSON types are added to each by `TYPES`. */
export const FIELDS = {
  username: all({
    empty: '', blank: '   ', 'one character': 'a', '33 characters': 'x'.repeat(33), 'a space inside': `a ${S3}`, umlaut: 'änn', cyrillic: 'аnn',
    slash: 'a/b', emoji: 'a🙂', ...UNPRINTABLE, 'far too long': S3.repeat(1250),
  }, INVALID),
  password,
  // What somebody types who signs in is compared, not judged.
  anyUsername: all({ empty: '', blank: ' ', nobody: `nobody-${S3}`, long: S3.repeat(1250), ...UNPRINTABLE }, UNFIT),
  anyPassword: all({ empty: '', wrong: S3, long: S3.repeat(1250), ...UNPRINTABLE }, UNFIT),
  currentPassword: all({ empty: '', wrong: S3, long: S3.repeat(1250), NUL: '\u0000' }, INVALID),
  displayName: line(64),
  statusText: all({ ...INVISIBLE, ...UNPRINTABLE, 'one too long': 'é'.repeat(141) }, INVALID),
  messagesLeft: all({ empty: '', word: S3, capitals: 'KEEP', long: S3.repeat(500), NUL: '\u0000' }, MALFORMED),
  groupName: line(100),
  groupTopic: all({ ...INVISIBLE, ...UNPRINTABLE, 'one too long': 'é'.repeat(251) }, INVALID),
  word: all({ empty: '', word: S3, capitals: 'PUBLIC', long: S3.repeat(500), NUL: '\u0000' }, MALFORMED),
  role: [...all({ empty: '', word: S3, capitals: 'OWNER', NUL: '\u0000' }, MALFORMED), ['a ban', 'banned', INVALID]],
  flag: [],
  slowMode: [...all(SEQS, MALFORMED), ['one too many', 21_601, INVALID], ['2^32', 2 ** 32, EITHER]],
  uses: [...all(SEQS, MALFORMED), ['none', 0, INVALID], ['one too many', 1_000_001, INVALID]],
  future: [...all({ empty: '', word: S3, 'a day': '2999-01-01', 'the 30th of February': '2999-02-30T00:00:00Z', NUL: '\u0000' }, MALFORMED), ['past', '2020-01-01T00:00:00Z', INVALID]],
  guess: all({ empty: '', word: S3, long: S3.repeat(500), NUL: `${S3}\u0000`, 'of another length': 'A'.repeat(42) }, { status: 404, code: 'not_found', field: undefined }),
  message: all({
    empty: '', blank: ' \n\t\u00a0\u2003', ...INVISIBLE, NUL: `${S3}\u0000`, 'one byte too long': 'x'.repeat(16_385), 'one character too long in bytes': `x${'é'.repeat(8_192)}`,
  }, INVALID),
  caption: all({ NUL: `${S3}\u0000`, 'one byte too long': 'x'.repeat(16_385) }, INVALID),
  files: [
    ...all({ 'a number inside': [5], 'null inside': [null], 'a list inside': [[UNKNOWN]], 'a word inside': [S3], 'an object inside': [{}] }, MALFORMED),
    ['of nobody', [UNKNOWN], INVALID], ['one twice', [UNKNOWN, UNKNOWN], INVALID], ['1,000', Array.from({ length: 1000 }, () => randomUUID()), INVALID],
  ],
  address: [
    ...all({
      'no seq': { conversationId: UNKNOWN }, 'no conversation': { seq: 1 }, 'nothing in it': {}, 'a word as seq': { conversationId: UNKNOWN, seq: S3 },
      'a negative seq': { conversationId: UNKNOWN, seq: -1 }, 'a word as conversation': { conversationId: S3, seq: 1 },
    }, MALFORMED),
    // The refusal is then about the unknown name.
    ['something more in it', { conversationId: UNKNOWN, seq: 1, [S3]: 1 }, { ...MALFORMED, field: undefined }],
    ['of nobody', { conversationId: UNKNOWN, seq: 1 }, { status: 404, code: 'not_found', field: undefined }],
  ],
  pushEndpoint: all({
    empty: '', word: S3, 'another host': `https://${S3}.invalid/x`, 'no TLS': 'http://push.invalid/x', 'another port': 'https://push.invalid:8443/x',
    'with a user': `https://${S3}@push.invalid/x`, NUL: 'https://push.invalid/\u0000', 'far too long': `https://push.invalid/${S3.repeat(1250)}`,
  }, INVALID),
  anyEndpoint: all({ empty: '', NUL: `${S3}\u0000`, 'far too long': S3.repeat(1250) }, INVALID),
  pushKeys: [
    ...all({ 'nothing in it': {}, 'no auth': { p256dh: S3 }, 'a number inside': { p256dh: 1, auth: S3 } }, MALFORMED),
    ...all({ words: { p256dh: S3, auth: S3 }, empty: { p256dh: '', auth: '' }, 'no point of the curve': { p256dh: `B${'A'.repeat(86)}`, auth: 'A'.repeat(22) } }, { status: 422, code: 'invalid', field: 'keys.p256dh' }),
  ],
  draft: all({ NUL: `${S3}\u0000`, 'one byte too long': 'x'.repeat(16_385) }, INVALID),
  moment: all({ empty: '', word: S3, 'a day': '2026-11-22', 'no zone': '2026-11-22T12:00:00', NUL: '\u0000', long: S3.repeat(500) }, MALFORMED),
  picture: [...all(WORDS, MALFORMED), ['of nobody', UNKNOWN, INVALID]],
  person: [...all(WORDS, MALFORMED), ['of nobody', UNKNOWN, INVALID]],
  people: [
    ...all({ 'a number inside': [5], 'null inside': [null], 'a list inside': [[UNKNOWN]], 'a word inside': [S3], 'an object inside': [{}] }, MALFORMED),
    ['nobody inside', [UNKNOWN], INVALID], ['101', Array.from({ length: 101 }, () => randomUUID()), INVALID],
  ],
  uuid: all(WORDS, MALFORMED),
  seq: [...all(SEQS, MALFORMED), ['above the head', 1_000_000, INVALID], ['2^53', 2 ** 53, EITHER], ['2^63', 2 ** 63, EITHER]],
  message_seq: [...all(SEQS, MALFORMED), ['above the head', 1_000_000, INVALID], ['2^63', 2 ** 63, EITHER], ['of no message', 1, INVALID], ['0', 0, INVALID]],
  kind: all({ empty: '', word: S3, capitals: 'GROUP', long: S3.repeat(500), NUL: '\u0000' }, MALFORMED),
};

/** One value of each JSON type, for fields of the others. */
export const TYPES = { string: S3, number: 5, boolean: true, object: { [S3]: 1 }, array: [S3] };

/** Of query parameters, as they stand behind the `=`. */
export const PARAMETERS = {
  limit: (max) => [
    ...all({ word: S3, empty: '', fraction: '1.5', exponent: '1e1', negative: '-1', 'with a space': '+5', huge: '9'.repeat(40), hexadecimal: '0x10', 'other digits': '%D9%A1' }, EITHER),
    ['zero', '0', INVALID], ['one too many', String(max + 1), INVALID], ['2^63', '9223372036854775808', EITHER], ['NUL', '5%00', { status: 400, field: null }],
    ['no UTF-8', '%ff', EITHER],
  ],
  seq: () => all({ word: S3, empty: '', negative: '-1', fraction: '1.5', 'with a space': '+5', '2^64': '18446744073709551616', huge: '9'.repeat(40), 'no UTF-8': '%ff' }, EITHER),
  cursor: () => [
    ...all({ word: S3, empty: '', long: 'A'.repeat(5000), 'no UTF-8': '%ff%fe', emoji: '%F0%9F%99%82', 'an object': '%7B%7D' }, EITHER),
    ['NUL', 'A%00', { status: 400, field: null }],
  ],
  text: () => [['101 characters', 'x'.repeat(101), INVALID], ['far too long', S3.repeat(1250), INVALID], ['NUL', `${S3}%00`, { status: 400, field: null }]],
  search: () => [
    ...all({
      empty: '', blank: '%20%09', 'one character too long': '%C3%A9'.repeat(257), 'far too long': S3.repeat(1250), 'too many words': 'a%20'.repeat(30),
      'no day': `before:${S3}`, 'a day that is none': 'after:2026-02-30', 'nothing that a message has': `has:${S3}`,
    }, INVALID),
    ['NUL', `${S3}%00`, { status: 400, field: null }],
  ],
  ids: () => [
    ...all({ word: S3, empty: '', comma: ',', 'one too few': `${UNKNOWN},`, 'a word behind': `${UNKNOWN},${S3}`, semicolons: `${UNKNOWN};${UNKNOWN}`, 'no UTF-8': '%ff' }, EITHER),
    ['101', Array.from({ length: 101 }, () => randomUUID()).join(','), INVALID],
  ],
  uuid: () => all({ word: S3, empty: '', 'with a brace': `%7B${UNKNOWN}%7D`, 'no UTF-8': '%ff' }, EITHER),
  fileName: () => [
    ...all({ empty: '', blank: '%20%C2%A0', dots: '..', 'a path': `..%2F${S3}`, 'of another system': `C:%5C${S3}`, bell: `${S3}%07`, 'two lines': `${S3}%0Ab`, bidi: `${S3}%E2%80%AEgpj`, long: S3.repeat(40) }, INVALID),
    ['NUL', `${S3}%00`, { status: 400, field: null }], ['no UTF-8', '%ff', EITHER],
  ],
  role: () => [
    ...all({ word: S3, empty: '', capitals: 'OWNER', list: 'owner,admin', 'no UTF-8': '%ff' }, EITHER), ['a ban', 'banned', INVALID],
    ['NUL', 'owner%00', { status: 400, field: null }],
  ],
  current: () => all({ word: S3, empty: '', capitals: 'CURRENT', list: 'current,current', 'no UTF-8': '%ff' }, EITHER),
};

const encoded = (text) => encodeURIComponent(text);

/** Of ids in a path. What is no id may be taken for an id that is not there. */
export const PATH_IDS = [
  ...Object.entries(WORDS).filter(([, value]) => value !== '').map(([name, value]) => [name, encoded(value), { status: [400, 404] }]),
  ['unknown', UNKNOWN, { status: 404, code: 'not_found' }], ['no UTF-8', '%ff%fe', { status: [400, 404] }], ['dots', '..%2f..%2fetc', { status: [400, 404] }],
  ['half an escape', '%4', { status: [400, 404] }], ['a semicolon', `${UNKNOWN};a=b`, { status: [400, 404] }],
];

/** Of what stands in a path beside the id, by what it is known as in the world; everything else is an id. */
export const PATH_PARTS = {
  head: all({
    word: S3, negative: '-1', fraction: '1.5', exponent: '1e1', 'with a space': '%205', hexadecimal: '0x10', 'other digits': '%D9%A1', '2^64': '18446744073709551616',
    huge: '9'.repeat(400), NUL: '5%00', uuid: UNKNOWN, 'a path': '..%2f5',
  }, { ...MALFORMED, field: 'seq' }),
  emoji: all(Object.fromEntries(Object.entries({
    word: S3, 'a letter': 'a', 'a digit': '5', blank: ' ', 'two of them': '\u{1f44d}\u{1f44d}', 'with a word behind': `\u{1f44d}${S3}`, 'with a space': ' \u{1f44d}',
    '1,000 of them': '\u{1f642}'.repeat(1000), '1,000 marks': `a${'\u0301'.repeat(999)}`, 'a joiner': '\u200d', 'half a flag': '\u{1f1e9}', 'a skin only': '\ufe0f', NUL: `\u{1f44d}\u0000`, 'a shortcode': ':+1:',
  }).map(([name, text]) => [name, encoded(text)])), { ...INVALID, field: 'emoji' }),
};

const bytes = (...parts) => Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));
const JSON_TYPE = 'application/json';

/** Of whole bodies: `good` is one that would be taken. A row may have a content type of its own. */
export function bodies(good) {
  const text = JSON.stringify(good);
  const [[first, value]] = Object.entries(good);
  const unread = (name, body, type = JSON_TYPE, expect = MALFORMED) => [name, body, expect, type];
  return [
    unread('nothing', ''), unread('blank', ' \n'), unread('no JSON', S3), unread('cut off', text.slice(0, -1)), unread('cut off in a text', `{"${first}":"${S3}`),
    unread('a list of it', `[${text}]`), unread('a list', `["${S3}"]`), unread('a string', `"${S3}"`), unread('a number', '17'), unread('a negative number', '-1'),
    unread('true', 'true'), unread('null', 'null'), unread('NaN', 'NaN'), unread('an empty object', '{}'), unread('it twice', text + text), unread('something behind it', `${text},`),
    unread('a comment', `/* ${S3} */${text}`), unread('single quotes', text.replaceAll('"', "'")), unread('a comma too many', text.replace(/}$/, ',}')),
    unread('a field twice', `{${JSON.stringify(first)}:${JSON.stringify(value)},${text.slice(1)}`, JSON_TYPE, { ...MALFORMED, field: first }),
    unread('an unknown field', JSON.stringify({ ...good, [S3]: 1 })), unread('an unknown field with a prototype', text.replace('{', '{"__proto__":{},')),
    unread('half a surrogate pair', `{"${first}":"\\ud800"}`), unread('the halves swapped', `{"${first}":"\\udc00\\ud800"}`), unread('a wrong escape', `{"${first}":"\\x41"}`),
    unread('a raw line break in a text', `{"${first}":"a\nb"}`), unread('a number beyond all', `{"${first}":1e999}`),
    unread('bytes that are no UTF-8', bytes(`{"${first}":"`, [0xff, 0xfe], '"}')), unread('an overlong NUL', bytes(`{"${first}":"`, [0xc0, 0x80], '"}')),
    unread('UTF-16', Buffer.from(text, 'utf16le')), unread('a byte order mark', bytes([0xef, 0xbb, 0xbf], text)), unread('a NUL behind it', bytes(text, [0])),
    unread('lists 20,000 deep', '['.repeat(20_000)), unread('objects 10,000 deep', `{"${first}":`.repeat(10_000).slice(0, 60_000)),
    unread('larger than a body may be', `{"${first}":"${'x'.repeat(66_000)}"}`, JSON_TYPE, { status: 413, code: 'body_too_large' }),
    ...['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/xml', 'application/jsonx', '', 'json', `${S3}/json`]
      .map((type) => unread(`the type ${type || 'of nothing'}`, text, type, { status: 415, code: 'unsupported_media_type' })),
  ];
}

/** Of the Authorization header; what is left out is `null`. */
export const TOKENS = {
  none: null, empty: '', 'no token': 'Bearer', 'an empty token': 'Bearer ', garbled: `Bearer ${S3}`, 'another scheme': 'Basic YW5uOnBhc3N3b3Jk',
  'no scheme': 'x'.repeat(43), 'of 4,000 characters': `Bearer ${S3.repeat(500)}`, 'not ASCII': 'Bearer \u00ff\u00fe', 'of zeros': `Bearer ${'0'.repeat(43)}`,
};
