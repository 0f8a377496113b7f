// How far the last own message got: the server has it, or others have read it.
import { texts } from "../../lib/texts";
import { usePeople } from "../../lib/people";
import { READS_LIMIT, readersOf, useReads } from "../../lib/use-reads";
import { useDesk } from "./desk";
import styles from "./message-item.module.css";

/** So many are named, the rest is counted. */
const NAMED = 12;

export function Delivery({ seq }: { seq: number }) {
  const { conversation, userId } = useDesk();
  const reads = useReads(conversation.id, { enabled: conversation.memberCount <= READS_LIMIT });
  const readers = readersOf(reads, seq, userId);
  const named = readers.slice(0, NAMED);
  const people = usePeople(named);
  if (readers.length === 0) return <p className={styles["progress"]}>{texts.marks.sent}</p>;
  const names = named.map((id) => people.get(id)?.displayName ?? texts.somebody).join(", ");
  const all = readers.length > NAMED ? texts.marks.andOthers(names, readers.length - NAMED) : names;
  return (
    <p className={styles["progress"]} title={texts.marks.readers(all)}>
      {conversation.kind === "direct" ? texts.marks.read : texts.marks.readBy(readers.length)}
    </p>
  );
}
