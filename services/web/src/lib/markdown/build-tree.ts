// From the flat tokens of markdown-it to a tree. A token that is not known here is shown as its text.
import type { Token } from "markdown-it";
import type { Align, Block, Inline } from "./tree";

/** Emphasis inside of emphasis: what is deeper is drawn like what is around it. */
const DEEPEST = 16;
const CONTAINERS = { strong: "strong", em: "emphasis", s: "strike" } as const;

export function buildTree(tokens: readonly Token[]): readonly Block[] {
  return readBlocks({ tokens, at: 0 }, null);
}

interface Cursor {
  readonly tokens: readonly Token[];
  at: number;
}

/** Up to the token that closes what is around. */
function readBlocks(cursor: Cursor, end: string | null): Block[] {
  const blocks: Block[] = [];
  for (let token = next(cursor); token !== undefined && token.type !== end; token = next(cursor)) {
    const block = readBlock(cursor, token);
    if (block !== null) blocks.push(block);
  }
  return blocks;
}

function next(cursor: Cursor): Token | undefined {
  const token = cursor.tokens[cursor.at];
  cursor.at += 1;
  return token;
}

function readBlock(cursor: Cursor, token: Token): Block | null {
  switch (token.type) {
    case "paragraph_open":
    case "heading_open": {
      const children = readInline(next(cursor));
      cursor.at += 1;
      return { kind: token.type === "heading_open" ? "heading" : "paragraph", children };
    }
    case "blockquote_open":
      return { kind: "quote", children: readBlocks(cursor, "blockquote_close") };
    case "bullet_list_open":
      return { kind: "list", start: null, items: readItems(cursor, "bullet_list_close") };
    case "ordered_list_open":
      return { kind: "list", start: Number(token.attrGet("start") ?? 1), items: readItems(cursor, "ordered_list_close") };
    case "fence":
      return { kind: "code", info: token.info.trim(), text: token.content.replace(/\n$/, "") };
    case "table_open":
      return readTable(cursor);
    case "hr":
      return { kind: "rule" };
    default:
      return token.content === "" ? null : { kind: "paragraph", children: [{ kind: "text", text: token.content }] };
  }
}

function readItems(cursor: Cursor, end: string): Block[][] {
  const items: Block[][] = [];
  for (let token = next(cursor); token !== undefined && token.type !== end; token = next(cursor)) {
    items.push(readBlocks(cursor, "list_item_close"));
  }
  return items;
}

function readTable(cursor: Cursor): Block {
  const rows: Inline[][][] = [];
  const align: Align[] = [];
  for (let token = next(cursor); token !== undefined && token.type !== "table_close"; token = next(cursor)) {
    if (token.type === "tr_open") rows.push([]);
    if (token.type === "th_open") align.push(alignOf(String(token.attrGet("style"))));
    if (token.type === "inline") rows.at(-1)?.push(readInline(token));
  }
  const [head = [], ...body] = rows;
  return { kind: "table", align, head, rows: body };
}

function alignOf(style: string): Align {
  return style.includes("center") ? "center" : style.includes("right") ? "end" : "start";
}

function readInline(token: Token | undefined): Inline[] {
  const all: Inline[] = [];
  // Where the next part goes; what is closed gives way to what was around it.
  const open: Inline[][] = [all];
  const enter = (make: ((children: Inline[]) => Inline) | null) => {
    const around = open.at(-1) ?? all;
    const children: Inline[] = [];
    if (make === null || open.length > DEEPEST) open.push(around);
    else {
      around.push(make(children));
      open.push(children);
    }
  };
  for (const part of token?.children ?? []) {
    const leaf = leafOf(part);
    if (leaf !== null) (open.at(-1) ?? all).push(leaf);
    else if (part.nesting === 1) enter(containerOf(part));
    else if (part.nesting === -1) open.pop();
  }
  return all;
}

function leafOf(token: Token): Inline | null {
  switch (token.type) {
    case "softbreak":
    case "hardbreak":
      return { kind: "break" };
    case "code_inline":
      return { kind: "inline-code", text: token.content };
    case "mention":
      return { kind: "mention", name: token.content };
    default:
      return token.content === "" ? null : { kind: "text", text: token.content };
  }
}

/** Null if it is drawn like what is around it. */
function containerOf(token: Token): ((children: Inline[]) => Inline) | null {
  if (token.type === "link_open") {
    const href = safeAddress(String(token.attrGet("href")));
    return href === null ? null : (children) => ({ kind: "link", href, children });
  }
  const kind = CONTAINERS[token.tag as keyof typeof CONTAINERS] as "strong" | "emphasis" | "strike" | undefined;
  return kind === undefined ? null : (children) => ({ kind, children });
}

/** Only what a browser itself takes for an address of the web or of mail. */
function safeAddress(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const { href, protocol, hostname } = new URL(text);
  const web = (protocol === "http:" || protocol === "https:") && hostname !== "";
  return web || protocol === "mailto:" ? href : null;
}
