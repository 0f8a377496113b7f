// Takes rights away and gives them back: removes members and adds them again, makes groups private and public.
// HTTP has no routes for it yet, so it calls the log's own entry in the database, as an operator's program would.
// Some people leave and join by themselves over HTTP.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';

import { sleep } from '../harness/wait.mjs';

const TIMEOUT_MS = 8000;
const exec = promisify(execFile);
const quoted = (value) => `'${JSON.stringify(value).replaceAll("'", "''")}'::jsonb`;

export class Moderator {
  #stopped = false;
  #gone = [];

  /** `groups`: [{id, owner, members: [user]}]; `people`: {user: {id, token}}; without `databaseUrl` only what HTTP can do. */
  constructor({ groups, people, apis, databaseUrl }, operations, random) {
    Object.assign(this, { groups, people, apis, databaseUrl, operations, random });
    this.hidden = new Set();
  }

  stop() {
    this.#stopped = true;
  }

  async run() {
    while (!this.#stopped) {
      await sleep(this.random.between(300, 1500));
      const group = this.random.pick(this.groups);
      const user = this.random.pick(group.members.filter((member) => member !== group.owner));
      const acts = [() => this.#leaveAndJoin(group, user)];
      if (this.databaseUrl) acts.push(() => this.#remove(group, user), () => this.#hide(group), () => this.#remove(group, user));
      await this.random.pick(acts)();
      if (this.#gone.length > 3) await this.#bringBack();
    }
  }

  /** Everybody is back and everything open again, so that at the end everybody has a right to everything. */
  async restore() {
    while (this.#gone.length > 0) await this.#bringBack();
    for (const group of this.groups) {
      if (this.hidden.has(group.id)) await this.#insist(() => this.#show(group, 'public'));
    }
  }

  async #bringBack() {
    const { group, user, byItself } = this.#gone.shift();
    // Who left while the group was made private needs to be let in.
    await this.#insist(() => (byItself && !this.databaseUrl ? this.#join(group, user) : this.#add(group, user)));
  }

  async #insist(act) {
    for (let i = 0; i < 60; i++) {
      if ((await act()).k !== 'unknown') return;
      await sleep(300);
    }
    throw new Error('the database did not come back');
  }

  async #leaveAndJoin(group, user) {
    if (this.#gone.some((one) => one.user === user && one.group === group)) return;
    this.#gone.push({ group, user, byItself: true });
    const api = this.random.pick(this.apis);
    await this.operations.http({ do: 'remove', conversation: group.id, user }, this.people[user], api,
      `DELETE /api/conversations/${group.id}/members/me`);
  }

  #join(group, user) {
    return this.operations.http({ do: 'add', conversation: group.id, user }, this.people[user], this.random.pick(this.apis),
      `POST /api/conversations/${group.id}/members`, {});
  }

  async #remove(group, user) {
    if (this.#gone.some((one) => one.user === user && one.group === group)) return;
    this.#gone.push({ group, user });
    await this.#member('remove', group, user, ['member.removed', 'conversation.exited'], { userId: user }, { row: 'drop_member' });
  }

  #add(group, user) {
    const role = 'member';
    return this.#member('add', group, user, ['member.added', 'conversation.entered'], { userId: user, role }, { row: 'add_member', role, event: 0 });
  }

  /** The event on the group and the one on the user's own stream, on the condition that the row is still as it was found. */
  #member(what, group, user, [type, userType], data, row) {
    return this.#database(what, group, { user }, async () => {
      const guard = await this.#query(`select guard_seq from members where stream_id = '${group.id}' and user_id = '${user}'`);
      if ((guard === '') === (what === 'remove')) return { outcome: 'nothing to do' };
      const events = [[group.id, type, data], [user, userType, { conversationId: group.id }]];
      const expect = [{ stream: group.id, user, guard: guard === '' ? null : Number(guard) }];
      const rows = [{ ...row, stream: group.id, user }];
      return JSON.parse(await this.#query(`call append_rule(${this.#command(group, events, rows, expect)}, null)`));
    });
  }

  async #hide(group) {
    await this.#show(group, this.hidden.has(group.id) ? 'public' : 'private');
  }

  async #show(group, visibility) {
    this.hidden.add(group.id);
    const answer = await this.#database('visibility', group, { value: visibility }, async () => {
      const command = this.#command(group, [[group.id, 'conversation.visibility_changed', { visibility }]], [], []);
      return JSON.parse(await this.#query(`with done as materialized (select confab_append_rule(${command})::json as answer)
        update streams set visibility = '${visibility}', guard_seq = (answer -> 'placed' -> 0 ->> 'seq')::bigint
        from done where id = '${group.id}' returning answer`));
    });
    if (answer.k === 'ok' && visibility === 'public') this.hidden.delete(group.id);
    return answer;
  }

  #command(group, events, rows, expect) {
    const client = this.random.uuid();
    return `${quoted({
      actor: group.owner, client, hash: createHash('sha256').update(client).digest('hex'), rows, expect,
      events: events.map(([stream, type, data]) => ({ stream, type, version: 1, target: null, data: JSON.stringify(data) })),
    })} || jsonb_build_object('epoch', confab_epoch())`;
  }

  #database(what, group, fields, work) {
    return this.operations.run({ do: what, actor: group.owner, conversation: group.id, ...fields, at: 'database' }, async () => {
      const { outcome, placed } = await work();
      if (outcome !== 'appended') return { status: 409, json: { code: outcome } };
      return { status: 201, json: { seq: placed[0].seq, position: placed[0].position, messageNo: placed[0].message_no } };
    });
  }

  async #query(sql) {
    const options = { timeout: TIMEOUT_MS, killSignal: 'SIGKILL', env: { PATH: process.env.PATH, PGCONNECT_TIMEOUT: '5' } };
    const { stdout } = await exec('psql', [this.databaseUrl, '-X', '-A', '-t', '-q', '-v', 'ON_ERROR_STOP=1', '-c', sql], options);
    return stdout.trim();
  }
}
