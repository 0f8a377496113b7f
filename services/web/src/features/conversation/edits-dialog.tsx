// What a message said before it was edited.
import { useQuery } from "@tanstack/react-query";
import { listEdits } from "../../lib/api/list-edits";
import type { Message } from "../../lib/api-types";
import { fullTime } from "../../lib/format-time";
import { queryKeys } from "../../lib/query-client";
import { texts } from "../../lib/texts";
import { Dialog } from "../../lib/ui/dialog";
import { Skeleton } from "../../lib/ui/skeleton";
import styles from "./dialogs.module.css";

interface EditsDialogProps {
  conversationId: string;
  message: Message;
  onClose: () => void;
}

export function EditsDialog({ conversationId, message, onClose }: EditsDialogProps) {
  const edits = useQuery({ queryKey: queryKeys.edits(conversationId, message.seq), queryFn: ({ signal }) => listEdits(conversationId, message.seq, signal) });
  return (
    <Dialog title={texts.actions.editsTitle} description={texts.actions.editsText} open onOpenChange={onClose}>
      {edits.isPending && <Skeleton label={texts.actions.loadingEdits} shape="rows" count={2} />}
      {edits.isError && <p role="alert">{edits.error.message}</p>}
      {/* What scrolls has to be reachable by keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <ol className={styles["versions"]} aria-label={texts.actions.editsTitle} tabIndex={0}>
        {(edits.data ?? []).toReversed().map(({ at, body }, index) => (
          <li key={at}>
            <time dateTime={at}>{index === 0 ? `${texts.actions.now} · ${fullTime(at)}` : fullTime(at)}</time>
            <p dir="auto">{body}</p>
          </li>
        ))}
      </ol>
    </Dialog>
  );
}
