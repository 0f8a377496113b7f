// Who had which right in a conversation after each of its events: a fold of the log, written here a second time so
// that the service's own is held against something else.

const MAY_POST = ['owner', 'admin', 'member'];
const MAY_MODERATE = ['owner', 'admin'];

export class Rights {
  kind = null;
  createdAt = null;
  name = null;
  archivedAt = null;
  guardSeq = 0;
  /** [seq, value] by seq. */
  #visibility = [];
  #roles = new Map();
  #members = new Map();

  fold({ seq, type, value, time }) {
    switch (type) {
      case 'conversation.created':
        Object.assign(this, { kind: value.kind, name: value.name ?? null, createdAt: time });
        return this.#show(seq, value.visibility);
      case 'conversation.renamed': return Object.assign(this, { name: value.name, guardSeq: seq });
      case 'conversation.archived': return Object.assign(this, { archivedAt: time, guardSeq: seq });
      case 'conversation.unarchived': return Object.assign(this, { archivedAt: null, guardSeq: seq });
      case 'conversation.visibility_changed': return this.#show(seq, value.visibility);
      case 'member.added': return this.#member(seq, value.userId, value.role);
      case 'member.role_changed': return this.#member(seq, value.userId, value.role, this.#members.get(value.userId)?.sinceSeq);
      case 'member.banned': return this.#member(seq, value.userId, 'banned');
      case 'member.left': case 'member.removed': case 'member.unbanned': return this.#member(seq, value.userId, null);
      default: return undefined;
    }
  }

  get visibility() {
    return this.#visibility.at(-1)?.[1];
  }

  /** [{userId, role, sinceSeq, guardSeq}] of those who have a row after the last event. */
  members() {
    return [...this.#members].map(([userId, row]) => ({ userId, ...row }));
  }

  /** Whether the user could read after the event `seq`. */
  mayRead(user, seq) {
    const role = at(this.#roles.get(user) ?? [], seq);
    if (role === 'banned') return false;
    return Boolean(role) || (this.kind === 'group' && at(this.#visibility, seq) === 'public');
  }

  /** Whether the user could post after the event `seq`. */
  mayPost(user, seq) {
    return MAY_POST.includes(at(this.#roles.get(user) ?? [], seq));
  }

  /** Whether the user could take back what others said after the event `seq`. */
  mayModerate(user, seq) {
    return MAY_MODERATE.includes(at(this.#roles.get(user) ?? [], seq));
  }

  /** The first seq above `seq` after which the user could not read any more; Infinity if there is none. */
  endAfter(user, seq) {
    return this.#changes(user, seq, Infinity).find((change) => !this.mayRead(user, change)) ?? Infinity;
  }

  /** Whether the user could read at some moment between the events `from` and `to`, both included. */
  mayReadWithin(user, from, to) {
    return this.mayRead(user, from) || this.#changes(user, from, to).some((change) => this.mayRead(user, change));
  }

  /** Whether the user could read all the time between them. */
  mayReadThroughout(user, from, to) {
    return this.mayRead(user, from) && this.#changes(user, from, to).every((change) => this.mayRead(user, change));
  }

  #changes(user, above, to) {
    const seqs = [...this.#visibility, ...(this.#roles.get(user) ?? [])].map(([seq]) => seq);
    return seqs.filter((seq) => seq > above && seq <= to).sort((a, b) => a - b);
  }

  #show(seq, visibility) {
    this.#visibility.push([seq, visibility]);
    this.guardSeq = seq;
  }

  #member(seq, user, role, since = seq) {
    if (!this.#roles.has(user)) this.#roles.set(user, []);
    this.#roles.get(user).push([seq, role]);
    if (role === null) this.#members.delete(user);
    else this.#members.set(user, { role, sinceSeq: since, guardSeq: seq });
  }
}

/** The last value at or below `seq`. */
function at(changes, seq) {
  for (let i = changes.length - 1; i >= 0; i--) if (changes[i][0] <= seq) return changes[i][1];
  return undefined;
}
