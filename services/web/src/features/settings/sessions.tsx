// Where one is signed in, and signing out there.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { endOneSession } from "../../lib/api/end-session";
import { endOtherSessions } from "../../lib/api/end-other-sessions";
import { listSessions } from "../../lib/api/list-sessions";
import type { Session } from "../../lib/api-types";
import { agoTime, fullTime } from "../../lib/format-time";
import { queryKeys } from "../../lib/query-client";
import { texts } from "../../lib/texts";
import { showToast } from "../../lib/toasts";
import { Button } from "../../lib/ui/button";
import { Icon } from "../../lib/ui/icons";
import { Skeleton } from "../../lib/ui/skeleton";
import { useNow } from "../../lib/use-now";
import styles from "./settings.module.css";

export function Sessions() {
  const client = useQueryClient();
  const list = useQuery({ queryKey: queryKeys.sessions, queryFn: ({ signal }) => listSessions(signal), staleTime: 0 });
  const again = () => client.invalidateQueries({ queryKey: queryKeys.sessions });
  const endOne = useMutation({ mutationFn: endOneSession, onSettled: again });
  const endOthers = useMutation({
    mutationFn: endOtherSessions,
    onSuccess: () => void showToast(texts.settings.othersEnded),
    onSettled: again,
  });
  const sessions = list.data ?? [];
  const problem = list.error ?? endOne.error ?? endOthers.error;
  return (
    <section className={styles["part"]} aria-labelledby="settings-sessions">
      <div className={styles["heading"]}>
        <h2 id="settings-sessions">{texts.settings.sessions}</h2>
        <p>{texts.settings.sessionsText}</p>
      </div>
      {list.isPending && <Skeleton label={texts.settings.loadingSessions} shape="rows" count={2} />}
      {problem !== null && (
        <p role="alert" className={styles["problem"]}>
          {problem.message}
        </p>
      )}
      {sessions.length > 0 && (
        <ul className={styles["sessions"]} aria-labelledby="settings-sessions">
          {sessions.map((session) => (
            <OneSession key={session.id} session={session} busy={endOne.isPending || endOthers.isPending} onEnd={() => endOne.mutate(session.id)} />
          ))}
        </ul>
      )}
      {sessions.some((session) => !session.current) && (
        <Button look="quiet" className={styles["end"]} disabled={endOthers.isPending} onClick={() => endOthers.mutate()}>
          {texts.settings.endOthers}
        </Button>
      )}
    </section>
  );
}

function OneSession({ session, busy, onEnd }: { session: Session; busy: boolean; onEnd: () => void }) {
  const { client, current, createdAt, lastSeenAt } = session;
  const now = useNow();
  const name = client ?? texts.settings.unknownClient;
  return (
    <li>
      <Icon name={client === null ? "keyboard" : "screen"} size={22} />
      <div>
        <strong>{name}</strong>
        <span>
          {current ? (
            <em>{texts.settings.thisOne}</em>
          ) : (
            <time dateTime={lastSeenAt} title={fullTime(lastSeenAt)}>
              {texts.settings.lastSeen(agoTime(lastSeenAt, now))}
            </time>
          )}
          {" · "}
          <time dateTime={createdAt} title={fullTime(createdAt)}>
            {texts.settings.signedIn(agoTime(createdAt, now))}
          </time>
        </span>
      </div>
      {!current && (
        <Button look="quiet" disabled={busy} onClick={onEnd} aria-label={texts.settings.endNamed(name)}>
          {texts.sidebar.signOut}
        </Button>
      )}
    </li>
  );
}
