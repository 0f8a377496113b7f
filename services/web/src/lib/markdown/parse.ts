// Markdown as people write it in a chat, into a tree. Pure; markdown-it reads it, and its HTML is never made.
//
// A line break is a line break. What could hide something or bring something in from elsewhere is not read as markup:
// HTML, pictures, definitions of links, entities, code by indentation, underlined headings. It stays as it was typed.
import MarkdownIt from "markdown-it";
import { buildTree } from "./build-tree";
import { splitMentions } from "./mentions";
import type { Block } from "./tree";

const NOT_READ = ["image", "reference", "entity", "code", "lheading", "html_block", "html_inline"];
/** Quotes and lists inside of each other; markdown-it would leave out what is deeper. */
const DEEPEST = 24;
/** So many messages are kept as they were read: those near the screen come and go. */
const KEPT = 500;

const reader = new MarkdownIt({ html: false, linkify: true, breaks: true });
reader.set({ maxNesting: DEEPEST });
reader.disable(NOT_READ, true);
reader.linkify.set({ fuzzyLink: false, fuzzyIP: false, fuzzyEmail: true });
reader.linkify.add("ftp:", null).add("//", null);
reader.validateLink = (url) => /^(?:https?|mailto):/i.test(url);
reader.normalizeLinkText = (text) => text;
reader.core.ruler.push("mentions", splitMentions);

const kept = new Map<string, readonly Block[]>();

export function parseMarkdown(text: string): readonly Block[] {
  const known = kept.get(text);
  if (known !== undefined) {
    // The one that was not asked for the longest is the first in the map.
    kept.delete(text);
    kept.set(text, known);
    return known;
  }
  const blocks = read(text);
  kept.set(text, blocks);
  const [oldest] = kept.keys();
  if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
  return blocks;
}

function read(text: string): readonly Block[] {
  const tokens = reader.parse(text, {});
  const tooDeep = tokens.some((token) => token.level >= DEEPEST - 2);
  if (!tooDeep) return buildTree(tokens);
  return [{ kind: "paragraph", children: text.split("\n").flatMap((line, index) => [...(index > 0 ? [{ kind: "break" as const }] : []), { kind: "text" as const, text: line }]) }];
}
