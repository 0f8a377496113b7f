// L4 and L5: each client, over all its sockets, ends with every event of its conversations once, from where it began;
// one that may read and did not leave stands at the head and listens. Nobody was told to begin again, since nothing was restored.

import { where } from './numbers.mjs';

export function complete({ log, find, figures }) {
  /** Per client and conversation: {client, conversation, last, wanted, listens}. */
  const standing = new Map();
  const asked = new Map();
  const users = new Map();
  let epoch = null;
  const of = (line) => {
    const key = `${line.client} ${line.conversation}`;
    if (!standing.has(key)) standing.set(key, { client: line.client, conversation: line.conversation, last: null, wanted: false, listens: false });
    return standing.get(key);
  };
  const step = (room, seq) => {
    if (room.last !== null && seq === room.last + 1) room.last = seq;
  };
  const handlers = {
    connect({ client, user }) {
      users.set(client, user);
      for (const room of standing.values()) if (room.client === client) room.listens = false;
    },
    join(line, place) {
      const room = of(line);
      room.wanted = true;
      asked.set(line.join, line.after);
      // A client that claims more than it was given would hide a gap.
      if (line.after === null || line.after === room.last) return;
      if (room.last === null && line.after === 0) room.last = 0;
      else find('complete', `${line.client} asks for what comes after ${line.after}, and stands at ${room.last}`, place);
    },
    joined(line, place) {
      const room = of(line);
      // Who asks too often is refused before anybody looks, and goes on to listen.
      if (line.ok || line.code !== 'rate_limited') room.listens = line.ok && !line.more;
      if (!line.ok) return line.code === 'reset' && find('resume', `${line.client} was told to begin again`, place);
      if (epoch === null) epoch = line.epoch;
      if (line.epoch !== epoch) find('resume', `epoch ${line.epoch} after ${epoch}, and nothing was restored`, place);
      if (asked.get(line.join) === null && room.last === null) room.last = line.seq;
      line.events.forEach(([seq]) => step(room, seq));
      return undefined;
    },
    event: (line) => step(of(line), line.seq),
    left: (line) => (of(line).wanted = false),
    reset: (line, place) => find('resume', `${line.client} was told to begin again`, place),
  };
  return {
    take: (line, place) => handlers[line.k]?.(line, place),
    end() {
      figures.pairs = 0;
      for (const { client, conversation: id, last, wanted, listens } of standing.values()) {
        const conversation = log.conversations.get(id);
        if (!wanted || !conversation?.rights.mayRead(users.get(client), conversation.head)) continue;
        figures.pairs += 1;
        if (last !== conversation.head) find('complete', `${client} stands at ${last} of ${conversation.head} in ${id}`, where(conversation.row(Math.min((last ?? 0) + 1, conversation.head))));
        else if (!listens) find('complete', `${client} holds all of ${id} and does not listen to it`, where(conversation.row(last)));
      }
    },
  };
}
