// Who reacted to a message with what; a click puts the same reaction or takes the own one off.
import { Tooltip } from "radix-ui";
import type { Message, Reaction } from "../../lib/api-types";
import { usePeople } from "../../lib/people";
import { texts } from "../../lib/texts";
import { classNames } from "../../lib/ui/class-names";
import { Icon } from "../../lib/ui/icons";
import { placeAt, useDesk } from "./desk";
import styles from "./reactions.module.css";

/** So many are named, the rest is counted. */
const NAMED = 8;

export function Reactions({ message, tabIndex }: { message: Message; tabIndex: 0 | -1 }) {
  const desk = useDesk();
  if (message.reactions.length === 0) return null;
  const may = desk.may("react", message);
  return (
    <div className={styles["row"]} role="group" aria-label={texts.marks.reactions}>
      {message.reactions.map((reaction) => (
        <OneReaction key={reaction.emoji} reaction={reaction} disabled={!may} tabIndex={tabIndex} onClick={() => desk.toggle(message, reaction.emoji)} />
      ))}
      {may && (
        <button
          type="button"
          className={styles["add"]}
          tabIndex={tabIndex}
          aria-label={texts.actions.react}
          title={texts.actions.react}
          onClick={(event) => desk.act("react", message, placeAt(event.currentTarget))}
        >
          <Icon name="smile" size={16} />
        </button>
      )}
    </div>
  );
}

interface OneReactionProps {
  reaction: Reaction;
  disabled: boolean;
  tabIndex: 0 | -1;
  onClick: () => void;
}

function OneReaction({ reaction: { emoji, userIds }, disabled, tabIndex, onClick }: OneReactionProps) {
  const { userId } = useDesk();
  const named = userIds.slice(0, NAMED);
  const people = usePeople(named);
  const names = named.map((id) => (id === userId ? texts.messages.you : (people.get(id)?.displayName ?? texts.somebody))).join(", ");
  const all = userIds.length > NAMED ? texts.marks.andOthers(names, userIds.length - NAMED) : names;
  const own = userIds.includes(userId);
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>
        <button
          type="button"
          className={classNames(styles["one"], own && styles["own"])}
          aria-disabled={disabled}
          aria-pressed={own}
          tabIndex={tabIndex}
          onClick={disabled ? undefined : onClick}
        >
          <span className="visually-hidden">{texts.marks.reactedBy(all)}</span> <span>{emoji}</span> <b>{userIds.length}</b>
        </button>
      </Tooltip.Trigger>
      {/* Beside its button, not in a portal: it belongs to the same landmark. */}
      <Tooltip.Content className={styles["who"]} sideOffset={6} collisionPadding={8}>
        {all}
      </Tooltip.Content>
    </Tooltip.Root>
  );
}
