// Who is there and who sits where: people, groups, direct chats, clients and lanes of messages. First as a plan,
// decided by the seed alone, then made on a running system and told to the processes that play it.

import { signUpMany } from '../harness/http.mjs';
import { Random } from '../harness/random.mjs';
import { Operations } from './operations.mjs';

/** Numbers in place of ids, until there are some. */
export function planWorld(seed, { users, clients, groups, directs, lanes, perSecond }) {
  const random = Random.named(seed, 'world');
  const people = Array.from({ length: users }, (_, i) => i);
  const world = { seed, users, groups: Array.from({ length: groups }, () => ({ members: [] })), directs: [], clients: [], lanes: [] };
  const seats = people.map(() => random.sample(world.groups.map((_, i) => i), 2 + random.below(2)));
  seats.forEach((own, user) => own.forEach((group) => world.groups[group].members.push(user)));
  for (const group of world.groups) if (group.members.length < 2) group.members = random.sample(people, 2);
  while (world.directs.length < directs) {
    // Two people have one chat.
    const [one, other] = random.sample(people, 2);
    if (!world.directs.some((pair) => pair.includes(one) && pair.includes(other))) world.directs.push([one, other]);
  }
  const chatsOf = (user) => world.directs.flatMap((pair, i) => (pair.includes(user) ? [`direct ${i}`] : []));
  for (let i = 0; i < clients; i++) {
    const user = i % users;
    // One in four also listens where they are no member: what is public is open to everybody.
    const guest = random.chance(0.25) ? [random.below(groups)] : [];
    const rooms = [...new Set([...random.sample(seats[user], 2), ...guest])].map((group) => `group ${group}`);
    world.clients.push({
      name: `c${i + 1}`, user, transport: random.chance(0.3) ? 'polling' : 'websocket', bare: random.chance(0.2), restless: random.chance(0.2),
      conversations: [...rooms, ...chatsOf(user)],
    });
  }
  for (let i = 0; i < lanes; i++) {
    const user = random.below(users);
    const conversations = [...seats[user].map((group) => `group ${group}`), ...chatsOf(user)];
    world.lanes.push({ name: `w${i + 1}`, user, conversations, intervalMs: (lanes / perSecond) * 1000 });
  }
  return world;
}

/** Signs everybody up and opens every conversation; gives the world with ids. `apis`: [{name, url}]. */
export async function makeWorld(plan, apis, history) {
  const random = Random.named(plan.seed, 'setup');
  const operations = new Operations(history, 'setup');
  const people = await signUpMany(apis.map((api) => api.url), Array.from({ length: plan.users }, (_, i) => `person${i}`));
  const ids = {};
  const create = async (name, person, body) => {
    const answer = await operations.http({ do: 'create', clientId: body.clientId }, person, apis[0], 'POST /api/conversations', body);
    if (answer.k !== 'ok') throw new Error(`${name} was not made: ${JSON.stringify(answer)}`);
    ids[name] = answer.conversation;
  };
  for (const [i, { members: [owner, ...others] }] of plan.groups.entries()) {
    const memberIds = others.map((user) => people[user].id);
    await create(`group ${i}`, people[owner], { kind: 'group', name: `group ${i}`, memberIds, clientId: random.uuid() });
  }
  for (const [i, [one, other]] of plan.directs.entries()) {
    await create(`direct ${i}`, people[one], { kind: 'direct', userId: people[other].id, clientId: random.uuid() });
  }
  const named = (one) => ({ ...one, user: people[one.user].id, conversations: one.conversations.map((name) => ids[name]) });
  return {
    seed: plan.seed,
    people: Object.fromEntries(people.map(({ id, token }) => [id, { id, token }])),
    groups: plan.groups.map(({ members }, i) => ({ id: ids[`group ${i}`], owner: people[members[0]].id, members: members.map((user) => people[user].id) })),
    clients: plan.clients.map((client) => ({ ...named(client), token: people[client.user].token })),
    lanes: plan.lanes.map(named),
  };
}
