// Who writes in a conversation, in words; null while nobody does.
import { useChatSnapshot } from "./chat-context";
import { usePeople } from "./people";
import { texts } from "./texts";

const NOBODY: readonly string[] = [];

export function useTypingText(conversationId: string): string | null {
  const writers = useChatSnapshot().attention.writers.get(conversationId) ?? NOBODY;
  const people = usePeople(writers.slice(0, 2));
  const [one, two] = writers.map((id) => people.get(id)?.displayName ?? texts.somebody);
  if (one === undefined) return null;
  if (two === undefined) return texts.attention.typing.one(one);
  return writers.length === 2 ? texts.attention.typing.two(one, two) : texts.attention.typing.many(one, writers.length - 1);
}
