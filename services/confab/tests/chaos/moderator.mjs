// Takes rights away and gives them back, by HTTP: removes and bans members and lets them in again, changes roles,
// makes groups private and public. Some people leave and join by themselves.

import { sleep } from '../harness/wait.mjs';

const ATTEMPTS = 60;
const ROLES = ['admin', 'member', 'reader'];

export class Moderator {
  #stopped = false;
  #gone = [];
  #hidden = new Set();
  /** [group, user] of those who may have another role than at first. */
  #changed = [];

  /** `groups`: [{id, owner, members: [user]}]; `people`: {user: {id, token}}. */
  constructor({ groups, people, apis }, operations, random) {
    Object.assign(this, { groups, people, apis, operations, random });
  }

  stop() {
    this.#stopped = true;
  }

  async run() {
    while (!this.#stopped) {
      await sleep(this.random.between(300, 1500));
      const group = this.random.pick(this.groups);
      const user = this.random.pick(group.members.filter((member) => member !== group.owner));
      const acts = [() => this.#away('leave', group, user), () => this.#away('remove', group, user), () => this.#away('ban', group, user),
        () => this.#hide(group), () => this.#role(group, user, this.random.pick(ROLES))];
      await this.random.pick(acts)();
      if (this.#gone.length > 3) await this.#bringBack();
    }
  }

  /** Everybody is back in their role and everything open again, so that at the end everybody has a right to everything. */
  async restore() {
    while (this.#gone.length > 0) await this.#bringBack();
    for (const [group, user] of this.#changed.splice(0)) await this.#insist(() => this.#ask(group, { do: 'role', user, value: 'member' }, `PATCH members/${user}`, { role: 'member' }));
    for (const group of this.groups) if (this.#hidden.has(group.id)) await this.#insist(() => this.#show(group, 'public'));
  }

  async #away(how, group, user) {
    if (this.#gone.some((one) => one.user === user && one.group === group)) return;
    this.#gone.push({ group, user, banned: how === 'ban' });
    if (how === 'leave') await this.#ask(group, { do: 'remove', user }, 'DELETE members/me', undefined, user);
    if (how === 'remove') await this.#ask(group, { do: 'remove', user }, `DELETE members/${user}`);
    if (how === 'ban') await this.#ask(group, { do: 'ban', user }, `PUT bans/${user}`);
  }

  async #bringBack() {
    const { group, user, banned } = this.#gone.shift();
    if (banned) await this.#insist(() => this.#ask(group, { do: 'unban', user }, `DELETE bans/${user}`));
    await this.#insist(() => this.#ask(group, { do: 'add', user }, 'POST members', { userId: user, role: 'member' }));
  }

  async #role(group, user, value) {
    this.#changed.push([group, user]);
    await this.#ask(group, { do: 'role', user, value }, `PATCH members/${user}`, { role: value });
  }

  async #hide(group) {
    await this.#show(group, this.#hidden.has(group.id) ? 'public' : 'private');
  }

  async #show(group, visibility) {
    this.#hidden.add(group.id);
    const answer = await this.#ask(group, { do: 'visibility', value: visibility }, 'PATCH', { visibility });
    if (answer.k === 'ok' && visibility === 'public') this.#hidden.delete(group.id);
    return answer;
  }

  /** One request about a group, by its owner or by somebody; `line`: 'PUT bans/…'. */
  #ask(group, fields, line, body, by = group.owner) {
    const [method, path] = line.split(' ');
    const whole = `${method} /api/conversations/${group.id}${path ? `/${path}` : ''}`;
    return this.operations.http({ ...fields, conversation: group.id }, this.people[by], this.random.pick(this.apis), whole, body);
  }

  async #insist(act) {
    for (let i = 0; i < ATTEMPTS; i++) {
      if ((await act()).k !== 'unknown') return;
      await sleep(300);
    }
    throw new Error('no answer came after all had been healed');
  }
}
