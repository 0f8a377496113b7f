// A person or a group as a picture, or as initials on a colour of its own. Decoration: the name always stands beside it.
import { useState } from "react";
import { pictureAddress } from "../api/account";
import type { Conversation, PresenceState, User } from "../api-types";
import { classNames } from "./class-names";
import styles from "./avatar.module.css";

type Size = "small" | "medium" | "large";
type Shown = Pick<User, "id" | "displayName"> & Partial<Pick<User, "avatar">>;

interface UserAvatarProps {
  user: Shown;
  size?: Size;
  /** A dot says whether the person is there; words beside it say so, too. */
  presence?: PresenceState | undefined;
}

export function UserAvatar({ user, size = "medium", presence }: UserAvatarProps) {
  const { id, displayName, avatar } = user;
  return <Sign id={id} name={displayName} picture={avatar == null ? null : pictureAddress(id, avatar)} shape="person" size={size} presence={presence} />;
}

export function GroupAvatar({ id, name, size = "medium" }: { id: string; name: string; size?: Size }) {
  return <Sign id={id} name={name} picture={null} shape="group" size={size} presence={undefined} />;
}

interface ConversationAvatarProps {
  conversation: Pick<Conversation, "id" | "kind" | "receivers">;
  /** As the reader calls it. */
  title: string;
  size?: Size;
  presence?: PresenceState | undefined;
}

/** A direct conversation is shown as the other person. */
export function ConversationAvatar({ conversation, title, ...look }: ConversationAvatarProps) {
  const [receiver] = conversation.receivers;
  if (conversation.kind !== "direct") return <GroupAvatar id={conversation.id} name={title} {...look} />;
  return <UserAvatar user={receiver ?? { id: conversation.id, displayName: title }} {...look} />;
}

interface SignProps {
  id: string;
  name: string;
  picture: string | null;
  shape: "person" | "group";
  size: Size;
  presence: PresenceState | undefined;
}

function Sign({ id, name, picture, shape, size, presence }: SignProps) {
  const [broken, setBroken] = useState<string | null>(null);
  const { hue, tone } = colourOf(id);
  return (
    <span aria-hidden="true" className={styles["place"]}>
      <span className={classNames(styles["avatar"], styles[shape], styles[size], styles[tone])} style={{ "--hue": hue } as React.CSSProperties}>
        {initialsOf(name)}
        {picture !== null && picture !== broken && <img src={picture} alt="" draggable={false} onError={() => setBroken(picture)} />}
      </span>
      {(presence === "online" || presence === "away") && <i className={classNames(styles["dot"], styles[presence])} />}
    </span>
  );
}

const graphemes = new Intl.Segmenter();

/** What a reader takes for one letter, also if it is made of several code points. */
function firstLetter(word: string | undefined): string {
  for (const { segment } of graphemes.segment(word ?? "")) return segment;
  return "";
}

export function initialsOf(name: string): string {
  const words = name.split(/[\s_.-]+/).filter((word) => word !== "");
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map(firstLetter);
  return letters.join("").toUpperCase() || "?";
}

const TONES = ["pale", "middle", "deep"] as const;

/** The same colour for the same id everywhere: one of 16 hues in one of three tones. */
export function colourOf(id: string): { hue: number; tone: (typeof TONES)[number] } {
  let hash = 2166136261;
  for (const character of id) hash = Math.imul(hash ^ character.charCodeAt(0), 16777619);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = (hash ^ (hash >>> 13)) >>> 0;
  return { hue: (hash % 16) * 22.5, tone: TONES[Math.floor(hash / 16) % TONES.length] ?? "pale" };
}
