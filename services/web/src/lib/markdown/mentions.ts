// Finds `@name` in what is plain text, neither code nor link, and says whom it names.
import type { StateCore, Token } from "markdown-it";
import type { User } from "../api-types";

/** As usernames are made, and not in the middle of a word or of an address. */
const MENTION = /(?<![\p{L}\p{N}_@./-])@([a-z0-9._-]{2,32})/giu;
export const EVERYONE = "everyone";

export interface Mention {
  /** Whoever reads is meant. */
  readonly self: boolean;
}

/** Null for a name that the server did not take for a mention. */
export type MentionResolver = (username: string) => Mention | null;

export const nobody: MentionResolver = () => null;

/** From the ids that the server found in a message; the people among them that are known by now. */
export function mentionResolver(message: { mentions: readonly string[]; everyone: boolean }, people: ReadonlyMap<string, User>, ownId: string): MentionResolver {
  if (message.mentions.length === 0 && !message.everyone) return nobody;
  const named = new Map(message.mentions.map((id) => [people.get(id)?.username, { self: id === ownId }]));
  if (message.everyone) named.set(EVERYONE, { self: true });
  return (username) => named.get(username.toLowerCase()) ?? null;
}

/** A full stop at the end may belong to the name or to the sentence: [name, rest]. */
export function cutName(name: string, known: (username: string) => boolean): [string, string] | null {
  const bare = name.replace(/[._-]+$/, "");
  return known(name) ? [name, ""] : known(bare) ? [bare, name.slice(bare.length)] : null;
}

/** A rule of markdown-it: text tokens with a mention in them become several. */
export function splitMentions(state: StateCore): void {
  for (const block of state.tokens) {
    if (block.type !== "inline" || block.children === null || !block.content.includes("@")) continue;
    let links = 0;
    block.children = block.children.flatMap((token) => {
      links += token.type === "link_open" ? 1 : token.type === "link_close" ? -1 : 0;
      return token.type === "text" && links === 0 ? split(state, token) : [token];
    });
  }
}

function split(state: StateCore, token: Token): Token[] {
  const parts: Token[] = [];
  let done = 0;
  const add = (type: string, content: string) => {
    if (content === "") return;
    const part = new state.Token(type, "", 0);
    part.content = content;
    part.level = token.level;
    parts.push(part);
  };
  for (const match of token.content.matchAll(MENTION)) {
    add("text", token.content.slice(done, match.index));
    add("mention", match[1] ?? "");
    done = match.index + match[0].length;
  }
  add("text", token.content.slice(done));
  return parts;
}
