// Many accounts at once, signed in. A password costs a fraction of a second by design, so they are written into the database, as
// `confab user create` and a sign-in would leave them, but for the password: nobody signs in with it.

import { createHash } from 'node:crypto';

const digest = (text) => createHash('sha256').update(text).digest('hex');

/** `[{id, token}]`. `apis`: base addresses. */
export async function makePeople(database, count) {
  await database.query(`
    create temp table person as select n, md5('person ' || n)::uuid as id from generate_series(0, ${count - 1}) n;
    insert into users (id, username, display_name, display_key, created_at)
      select id, 'person' || n, 'Person ' || n, 'person ' || n, 0 from person;
    insert into streams (id, kind, guard_seq, visibility, created_at) select id, 'user', 0, 'private', 0 from person;
    insert into sessions (id, user_id, token_hash, expires_at)
      select id, id, sha256(convert_to(substr(encode(sha256(convert_to('token ' || n, 'UTF8')), 'hex'), 1, 43), 'UTF8')),
        (extract(epoch from now() + interval '1 day') * 1000000)::bigint from person`);
  const rows = await database.query(`select id from users order by substr(username, 7)::int`);
  return rows.map(([id], n) => ({ id, token: digest(`token ${n}`).slice(0, 43) }));
}
