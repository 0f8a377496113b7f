// A person or a group as initials on a colour of its own. Decoration: the name always stands beside it.
import type { PresenceState } from "../api-types";
import { classNames } from "./class-names";
import styles from "./avatar.module.css";

interface AvatarProps {
  id: string;
  name: string;
  shape?: "person" | "group";
  size?: "small" | "medium" | "large";
  /** A dot says whether the person is there; words beside it say so, too. */
  presence?: PresenceState | undefined;
}

export function Avatar({ id, name, shape = "person", size = "medium", presence }: AvatarProps) {
  const { hue, tone } = colourOf(id);
  return (
    <span aria-hidden="true" className={styles["place"]}>
      <span className={classNames(styles["avatar"], styles[shape], styles[size], styles[tone])} style={{ "--hue": hue } as React.CSSProperties}>
        {initialsOf(name)}
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
