// Says live messages of others to screen readers, once each, without reading the whole list again.
import type { User } from "../../lib/api-types";
import type { ConversationLog } from "../../lib/conversation-log";

interface AnnouncerProps {
  log: ConversationLog;
  userId: string;
  people: ReadonlyMap<string, User>;
}

export function Announcer({ log, userId, people }: AnnouncerProps) {
  const newest = log.messages.at(-1);
  // `lastAt` is set by live events only, so history stays silent.
  const live = newest !== undefined && newest.at === log.lastAt && newest.actorId !== userId ? newest : null;
  return (
    <div className="visually-hidden" role="status" aria-live="polite" aria-label="New messages">
      {live !== null && `${people.get(live.actorId)?.displayName ?? "Somebody"}: ${live.body}`}
    </div>
  );
}
