// The one shape in which the API refuses.

import assert from 'node:assert/strict';

const CODES = {
  400: ['malformed'], 401: ['unauthorized', 'invalid_credentials'], 403: ['forbidden', 'origin_refused', 'sign_up_closed'], 404: ['not_found'],
  405: ['method_not_allowed'], 409: ['conflict', 'client_id_reused', 'username_taken'], 413: ['body_too_large'],
  415: ['unsupported_media_type'], 422: ['invalid'], 429: ['rate_limited'],
};

/**
 * `answer` is a problem document as expected: `status` one or several, `code`, and `field`, which is
 * named by the sentence too; `null` where none can be. `documented`: the statuses that there may be.
 */
export function isProblem(answer, { status, code, field }, documented) {
  assert.ok([status].flat().includes(answer.status), `${answer.status} instead of ${status}: ${answer.text.slice(0, 300)}`);
  if (documented) assert.ok(documented.includes(answer.status), `${answer.status} is not documented`);
  assert.equal(answer.headers.get('content-type'), 'application/problem+json');
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  const problem = answer.json;
  assert.ok(problem, `not JSON: ${answer.text}`);
  assert.equal(problem.status, answer.status);
  assert.equal(problem.type, 'about:blank');
  assert.ok(CODES[answer.status].includes(problem.code), `code ${problem.code} with ${answer.status}`);
  if (code) assert.equal(problem.code, code);
  assert.equal(typeof problem.title, 'string');
  assert.ok(problem.detail.length > 0, 'a sentence');
  if (field) assert.deepEqual([problem.field, problem.detail.includes(field)], [field, true], answer.text);
  if (answer.status === 401 && problem.code === 'unauthorized') assert.equal(answer.headers.get('www-authenticate'), 'Bearer');
  assert.ok(!answer.text.includes('S3NTINEL'), 'what was sent is not repeated');
}
