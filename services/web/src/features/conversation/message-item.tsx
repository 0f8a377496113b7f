// One message: who said it, when, what, what became of it, and, for an own one on its way, how far it got.
import { useMemo, useState, type MouseEvent } from "react";
import type { Message, User } from "../../lib/api-types";
import { fullTime } from "../../lib/format-time";
import { mentionResolver } from "../../lib/markdown/mentions";
import { isOnlyEmoji, oneLine } from "../../lib/message-text";
import type { Pending } from "../../lib/outbox";
import { texts } from "../../lib/texts";
import { UserAvatar } from "../../lib/ui/avatar";
import { classNames } from "../../lib/ui/class-names";
import { Attachments } from "./attachments";
import type { ShownMessage } from "./conversation-layout";
import { Delivery } from "./delivery";
import { useDesk } from "./desk";
import { EditField } from "./edit-field";
import { MessageBody } from "./message-body";
import styles from "./message-item.module.css";
import { ClockTime, EditedMark, ForwardedMark, PinnedMark } from "./message-marks";
import { MessageProgress } from "./message-progress";
import { MessageTools } from "./message-tools";
import { Quote } from "./quote";
import { Reactions } from "./reactions";
import { ThreadSummary } from "./thread-summary";

interface MessageItemProps {
  shown: ShownMessage;
  /** Its row in the list. */
  index: number;
  /** Author and mentioned ones among them, as far as they are known. */
  people: ReadonlyMap<string, User>;
  /** First and last of a group of one author. */
  opens: boolean;
  closes: boolean;
  stop: boolean;
  flash: boolean;
  onFlashed: () => void;
  whole: boolean;
  onWhole: (whole: boolean) => void;
  onFocus: (key: string) => void;
  onEdit: (pending: Pending) => void;
}

export function MessageItem({ shown, index, people, opens, closes, stop, flash, onFlashed, onFocus, onEdit, ...body }: MessageItemProps) {
  const desk = useDesk();
  const [active, setActive] = useState(false);
  const { key, message, pending } = shown;
  const own = message.actorId === desk.userId;
  const author = people.get(message.actorId);
  const name = own ? texts.messages.you : (author?.displayName ?? texts.messages.unknown);
  const tabIndex = stop ? 0 : -1;
  const editing = desk.editing === message.seq && pending === null && message.seq !== 0;
  const mentioned = !own && (message.everyone || message.mentions.includes(desk.userId));
  const look = classNames(
    styles["item"],
    own && styles["own"],
    opens && styles["opens"],
    closes && styles["closes"],
    isBare(message) && styles["bare"],
    message.deleted && styles["deleted"],
    mentioned && styles["mentioned"],
    editing && styles["editing"],
    flash && styles["flash"],
    pending?.state === "sending" && styles["sending"],
    pending?.state === "failed" && styles["failed"],
  );
  function onMenu(event: MouseEvent<HTMLElement>) {
    // The browser's own menu stays where it is of use: over a link, a picture, marked text.
    const over = event.target instanceof HTMLElement ? event.target.closest("a, img, textarea, input") : null;
    if (message.seq === 0 || over !== null || window.getSelection()?.isCollapsed === false) return;
    event.preventDefault();
    const { left, bottom } = event.currentTarget.getBoundingClientRect();
    const byKey = event.clientX === 0 && event.clientY === 0;
    desk.openMenu(message, { x: byKey ? left : event.clientX, y: byKey ? bottom : event.clientY, element: event.currentTarget });
  }
  return (
    // The arrow keys go from message to message, so that each can be read and acted on without a mouse.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <article
      className={look}
      data-key={key}
      data-index={index}
      tabIndex={tabIndex}
      onFocus={() => {
        setActive(true);
        onFocus(key);
      }}
      onBlur={() => setActive(false)}
      onPointerEnter={() => setActive(true)}
      onPointerLeave={() => setActive(false)}
      onContextMenu={onMenu}
      onAnimationEnd={flash ? onFlashed : undefined}
      aria-label={labelOf(message, name)}
    >
      {opens && !own && (
        <span className={styles["avatar"]}>
          <UserAvatar user={author ?? { id: message.actorId, displayName: name }} size="small" />
        </span>
      )}
      {opens && (
        <p className={styles["head"]}>
          <span className={own ? "visually-hidden" : styles["author"]}>{name}</span>
          {pending === null && <ClockTime at={message.at} />}
        </p>
      )}
      {mentioned && <span className="visually-hidden">{texts.marks.mentionsYou}</span>}
      <div className={styles["speech"]}>
        {editing ? (
          <EditField message={message} />
        ) : (
          <div className={styles["bubble"]}>
            <Content message={message} people={people} tabIndex={tabIndex} {...body} />
          </div>
        )}
        {!editing && pending === null && (active || stop) && <MessageTools message={message} time={!opens} tabIndex={tabIndex} />}
      </div>
      <Reactions message={message} tabIndex={tabIndex} />
      {message.threadSeq === null && message.replies !== null && <ThreadSummary message={message} tabIndex={tabIndex} />}
      {message.seq !== 0 && message.seq === desk.lastOwn && <Delivery seq={message.seq} />}
      {pending !== null && (closes || pending.state === "failed") && <MessageProgress pending={pending} onEdit={onEdit} />}
    </article>
  );
}

interface ContentProps {
  message: Message;
  people: ReadonlyMap<string, User>;
  tabIndex: 0 | -1;
  whole: boolean;
  onWhole: (whole: boolean) => void;
}

function Content({ message, people, tabIndex, whole, onWhole }: ContentProps) {
  const { userId } = useDesk();
  const { mentions, everyone } = message;
  const resolver = useMemo(() => mentionResolver({ mentions, everyone }, people, userId), [mentions, everyone, people, userId]);
  if (message.deleted) {
    return (
      <p className={styles["tombstone"]} data-testid="message-body">
        {texts.marks.deleted}
      </p>
    );
  }
  return (
    <>
      {message.pinned && <PinnedMark />}
      {message.forwarded !== null && <ForwardedMark forwarded={message.forwarded} />}
      {message.replyTo !== null && <Quote seq={message.replyTo} tabIndex={tabIndex} />}
      {message.body !== "" && <MessageBody text={message.body} mentions={resolver} tabIndex={tabIndex} whole={whole} onWhole={onWhole} />}
      {message.attachments.length > 0 && <Attachments message={message} tabIndex={tabIndex} />}
      {message.editedAt !== null && <EditedMark message={message} at={message.editedAt} tabIndex={tabIndex} />}
    </>
  );
}

function isBare({ body, replyTo, attachments, forwarded, pinned, editedAt }: Message): boolean {
  return replyTo === null && attachments.length === 0 && forwarded === null && !pinned && editedAt === null && isOnlyEmoji(body);
}

function labelOf(message: Message, name: string): string {
  const time = fullTime(message.at);
  if (message.deleted) return texts.marks.deletedBy(name, time);
  const { body, attachments } = message;
  const files = attachments.map((file) => file.name).join(", ");
  return texts.messages.label(name, time, [oneLine(body), oneLine(files)].filter((part) => part !== "").join(" · "));
}
