// L9: the tables beside the log are a fold of it.

export function projections({ log, find }) {
  const held = new Map(log.streams.map((row) => [row.id, row]));
  const members = new Map(log.members.map((row) => [`${row.streamId} ${row.userId}`, row]));
  for (const { id, rights } of log.conversations.values()) {
    if (rights.kind === null) continue;
    const row = held.get(id);
    if (!row) find('projections', `conversation ${id} has no row`, id);
    else {
      const folded = { kind: rights.kind, name: rights.name, visibility: rights.visibility, archivedAt: rights.archivedAt, guardSeq: rights.guardSeq, createdAt: rights.createdAt, memberCount: rights.members().filter(({ role }) => role !== 'banned').length };
      compare(`conversation ${id}`, row, folded, find);
    }
    for (const { userId, ...folded } of rights.members()) {
      const member = members.get(`${id} ${userId}`);
      members.delete(`${id} ${userId}`);
      if (!member) find('projections', `${userId} is a member of ${id} by the log and has no row`, id);
      else compare(`${userId} in ${id}`, member, folded, find);
    }
  }
  for (const { streamId, userId } of members.values()) find('projections', `${userId} has a row in ${streamId} and is no member by the log`, streamId);
  for (const { id, kind } of log.streams) {
    if (kind !== 'user' && !log.conversations.get(id)?.rights.kind) find('projections', `${id} has a row and no events`, id);
  }
}

function compare(what, row, folded, find) {
  for (const [name, value] of Object.entries(folded)) {
    if (row[name] !== value) find('projections', `${name} of ${what} is ${row[name]}, the log says ${value}`, row.id ?? row.streamId);
  }
}
