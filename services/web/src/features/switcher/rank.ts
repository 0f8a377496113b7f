// Which conversations fit what was typed, best first. Pure.
import { conversationTitle, type ConversationSummary } from "../../lib/conversation-summary";

const LIMIT = 8;

/** Every word has to begin a word of the title or of the username; with nothing typed, the latest ones. */
export function fitting(summaries: readonly ConversationSummary[], query: string): ConversationSummary[] {
  const words = wordsOf(query);
  if (words.length === 0) return summaries.slice(0, LIMIT);
  const scored = summaries.flatMap((summary, order) => {
    const title = conversationTitle(summary.conversation);
    const own = wordsOf(`${title} ${summary.conversation.receivers[0]?.username ?? ""}`);
    if (!words.every((word) => own.some((one) => one.startsWith(word)))) return [];
    const atStart = plain(title).startsWith(words.join(" "));
    return [{ summary, score: atStart ? 0 : 1, order }];
  });
  scored.sort((a, b) => a.score - b.score || a.order - b.order);
  return scored.slice(0, LIMIT).map(({ summary }) => summary);
}

/** Without accents and case, so that "jose" finds José. */
function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();
}

function wordsOf(text: string): string[] {
  return plain(text).split(/[\s@._-]+/).filter((word) => word !== "");
}
