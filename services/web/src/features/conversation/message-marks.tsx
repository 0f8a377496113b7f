// The small signs at a message: when it was said, edited, pinned, or forwarded from somebody.
import type { Message } from "../../lib/api-types";
import { clockTime, fullTime } from "../../lib/format-time";
import { usePeople } from "../../lib/people";
import { texts } from "../../lib/texts";
import { Icon } from "../../lib/ui/icons";
import { placeAt, useDesk } from "./desk";
import styles from "./message-item.module.css";

export function ClockTime({ at }: { at: string }) {
  return (
    <time dateTime={at} title={fullTime(at)}>
      {clockTime(at)}
    </time>
  );
}

export function PinnedMark() {
  return (
    <p className={styles["mark"]}>
      <Icon name="pin" size={13} />
      {texts.marks.pinned}
    </p>
  );
}

export function ForwardedMark({ forwarded }: { forwarded: NonNullable<Message["forwarded"]> }) {
  const author = usePeople([forwarded.actorId]).get(forwarded.actorId)?.displayName ?? texts.messages.unknown;
  return (
    <p className={styles["mark"]}>
      <Icon name="forward" size={13} />
      {texts.marks.forwardedFrom(author)} <ClockTime at={forwarded.at} />
    </p>
  );
}

export function EditedMark({ message, at, tabIndex }: { message: Message; at: string; tabIndex: 0 | -1 }) {
  const desk = useDesk();
  const label = texts.marks.editedAt(fullTime(at));
  return (
    <button type="button" className={styles["edited"]} tabIndex={tabIndex} aria-label={label} title={label} onClick={(event) => desk.act("edits", message, placeAt(event.currentTarget))}>
      {texts.marks.edited}
    </button>
  );
}
