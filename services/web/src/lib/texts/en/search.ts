// Looking for messages.
import { many } from "../count";

export const search = {
  title: "Search",
  input: "Search messages",
  placeholder: "Words, “a phrase”, from:, in:, before:, after:, has:file",
  loading: "Searching",
  list: "Messages found",
  found: (count: number, more: boolean) => (more ? `${count}+ messages found` : many(count, "message found", "messages found")),
  nothing: (query: string) => `Nothing was found for “${query}”.`,
  nothingText: "Try fewer or other words, or take away a filter.",
  begin: "Search everything you can read",
  beginText: "Type words. Filters make it narrower:",
  failed: "The search did not work",
  more: "Show more",
  suggestions: "Filters",
  inConversation: (title: string) => `in ${title}`,
  withPerson: "direct",
  file: "with a file",
  reply: "in a thread",
  filters: {
    from: "by somebody",
    in: "in a conversation",
    before: "before a day",
    after: "on a day or later",
    has: "with a file",
  },
};
