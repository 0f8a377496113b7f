// L3: after a join answered `seq = s` a socket gets s+1, s+2, … each once, in order, until it leaves, loses the
// right or disconnects. A page begins behind what was asked for and ends where its answer says.

/** These end the listening of before; others may have been refused before anything was looked at. */
const ENDS = ['not_found', 'reset'];

export function contiguous({ log, find }) {
  /** Per socket and conversation: {next, over}; `next` is null while it is no listener. */
  const listening = new Map();
  const joins = new Map();
  const users = new Map();
  const keyOf = ({ socket, conversation }) => `${socket} ${conversation}`;
  const handlers = {
    connect: ({ socket, user }) => users.set(socket, user),
    join: ({ join, after }) => joins.set(join, after),
    joined(line, place) {
      const key = keyOf(line);
      const after = joins.get(line.join);
      joins.delete(line.join);
      if (after === undefined) return find('contiguous', `an answer to join ${line.join}, which was not asked or answered before`, place);
      if (!line.ok) return ENDS.includes(line.code) ? listening.delete(key) : undefined;
      page(line, after, place);
      if (line.more) return listening.delete(key);
      return listening.set(key, { next: line.seq + 1, over: false });
    },
    event(line, place) {
      const state = listening.get(keyOf(line));
      if (!state) return find('contiguous', `seq ${line.seq} came to a socket that had not joined`, place);
      // What comes after the end of a right is the business of that law.
      if (state.over) return undefined;
      if (line.seq !== state.next) find('contiguous', `seq ${line.seq} came where ${state.next} was owed`, place);
      state.next = line.seq + 1;
      const { rights } = log.conversation(line.conversation);
      if (rights.endAfter(users.get(line.socket), line.seq - 1) === line.seq) state.over = true;
      return undefined;
    },
    left: (line) => listening.delete(keyOf(line)),
    reset: ({ socket }) => forget(socket),
    disconnect: ({ socket }) => forget(socket),
  };
  function forget(socket) {
    for (const key of listening.keys()) if (key.startsWith(`${socket} `)) listening.delete(key);
  }
  function page({ seq, more, events }, after, place) {
    if (after === null && events.length > 0) find('contiguous', 'a bare join was answered with events', place);
    const start = after ?? seq;
    events.forEach(([got], index) => {
      if (got !== start + 1 + index) find('contiguous', `a page after ${start} has seq ${got} in place ${index + 1}`, place);
    });
    if (seq !== start + events.length) find('contiguous', `a page after ${start} with ${events.length} events says seq ${seq}`, place);
    if (more && events.length === 0) find('contiguous', 'a page says more and brings nothing', place);
  }
  return {
    take: (line, place) => handlers[line.k]?.(line, place),
    end() {},
  };
}
