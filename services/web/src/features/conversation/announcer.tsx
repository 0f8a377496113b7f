// Says live messages of others to screen readers, once each, without reading the whole list again.
import type { User } from "../../lib/api-types";
import type { ConversationLog } from "../../lib/conversation-log";
import { oneLine } from "../../lib/message-text";
import { texts } from "../../lib/texts";

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
    <div className="visually-hidden" role="status" aria-live="polite" aria-label={texts.messages.announced}>
      {live !== null && texts.messages.said(people.get(live.actorId)?.displayName ?? texts.somebody, oneLine(live.body, 400))}
    </div>
  );
}
