// The message that another one answers, in short; a click goes there. Of one height, so that nothing jumps when it
// is read later.
import { oneLine } from "../../lib/message-text";
import { usePeople } from "../../lib/people";
import { texts } from "../../lib/texts";
import { useMessage } from "../../lib/use-message";
import { useDesk } from "./desk";
import styles from "./message-item.module.css";

export function Quote({ seq, tabIndex }: { seq: number; tabIndex: 0 | -1 }) {
  const desk = useDesk();
  const { message, gone } = useMessage(desk.conversation.id, seq);
  const people = usePeople(message === null ? [] : [message.actorId]);
  const author = message === null ? texts.messages.unknown : message.actorId === desk.userId ? texts.messages.you : (people.get(message.actorId)?.displayName ?? texts.messages.unknown);
  const lost = gone || message?.deleted === true;
  const said = message === null ? texts.marks.quoteLoading : oneLine(message.body) || message.attachments.map((file) => file.name).join(", ");
  return (
    <button type="button" className={styles["quote"]} tabIndex={tabIndex} disabled={gone} onClick={() => desk.jumpTo(seq)}>
      <strong>
        <span className="visually-hidden">{texts.marks.quote}</span> {gone ? "" : author}
      </strong>
      <span>{lost ? (gone ? texts.marks.quoteGone : texts.marks.deleted) : said}</span>
    </button>
  );
}
