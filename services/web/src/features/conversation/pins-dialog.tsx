// What is pinned in a conversation, the last pinned first; a click goes there.
import { useQuery } from "@tanstack/react-query";
import { listPins } from "../../lib/api/list-pins";
import { useChat } from "../../lib/chat-context";
import { fullTime } from "../../lib/format-time";
import { oneLine } from "../../lib/message-text";
import { usePeople } from "../../lib/people";
import { queryKeys } from "../../lib/query-client";
import { texts } from "../../lib/texts";
import { IconButton } from "../../lib/ui/button";
import { Dialog } from "../../lib/ui/dialog";
import { Skeleton } from "../../lib/ui/skeleton";
import { useDesk } from "./desk";
import styles from "./dialogs.module.css";

export function PinsDialog({ conversationId, onClose }: { conversationId: string; onClose: () => void }) {
  const chat = useChat();
  const desk = useDesk();
  const pins = useQuery({ queryKey: queryKeys.pins(conversationId), queryFn: ({ signal }) => listPins(conversationId, signal) });
  const people = usePeople((pins.data ?? []).map((message) => message.actorId));
  function jump(seq: number) {
    onClose();
    desk.jumpTo(seq);
  }
  return (
    <Dialog title={texts.pins.title} description={texts.pins.text} open onOpenChange={onClose}>
      {pins.isPending && <Skeleton label={texts.pins.loading} shape="rows" count={3} />}
      {pins.isError && <p role="alert">{pins.error.message}</p>}
      {pins.data?.length === 0 && <p>{texts.pins.none}</p>}
      <ul className={styles["choices"]} aria-label={texts.pins.list}>
        {(pins.data ?? []).map((message) => (
          <li key={message.seq} className={styles["pinned"]}>
            <button type="button" className={styles["pin"]} title={texts.pins.show} onClick={() => jump(message.seq)}>
              <strong>
                {people.get(message.actorId)?.displayName ?? texts.messages.unknown}
                <time dateTime={message.at}>{fullTime(message.at)}</time>
              </strong>
              <span dir="auto">{oneLine(message.body, 400) || message.attachments.map((file) => file.name).join(", ")}</span>
            </button>
            {desk.may("pin", message) && <IconButton icon="close" label={texts.actions.unpin} onClick={() => chat.change(conversationId, message.seq, { kind: "pin", on: false })} />}
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
