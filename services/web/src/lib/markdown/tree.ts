// What a message says, as a tree of plain values: no HTML anywhere, so nothing in it can be more than it is.

export type Inline =
  | { readonly kind: "text" | "inline-code"; readonly text: string }
  | { readonly kind: "break" }
  /** `@name` as it was typed, without the @; whether it names somebody is known when it is drawn. */
  | { readonly kind: "mention"; readonly name: string }
  | { readonly kind: "strong" | "emphasis" | "strike"; readonly children: readonly Inline[] }
  /** `href` is http, https or mailto, as the browser's own parser writes it. */
  | { readonly kind: "link"; readonly href: string; readonly children: readonly Inline[] };

export type Align = "start" | "center" | "end";

export type Block =
  | { readonly kind: "paragraph" | "heading"; readonly children: readonly Inline[] }
  | { readonly kind: "quote"; readonly children: readonly Block[] }
  /** `start` is the number of the first item, null without numbers. */
  | { readonly kind: "list"; readonly start: number | null; readonly items: readonly (readonly Block[])[] }
  /** `info` is all that stands behind the fence, the language first. */
  | { readonly kind: "code"; readonly info: string; readonly text: string }
  | { readonly kind: "table"; readonly align: readonly Align[]; readonly head: readonly (readonly Inline[])[]; readonly rows: readonly (readonly (readonly Inline[])[])[] }
  | { readonly kind: "rule" };

/** The words alone, line by line. */
export function wordsOf(blocks: readonly Block[]): string {
  return blocks.map(wordsOfBlock).join("\n");
}

function wordsOfBlock(block: Block): string {
  switch (block.kind) {
    case "paragraph":
    case "heading":
      return wordsOfInline(block.children);
    case "quote":
      return wordsOf(block.children);
    case "list":
      return block.items.map(wordsOf).join("\n");
    case "code":
      return `${block.info}\n${block.text}`;
    case "table":
      return [block.head, ...block.rows].map((cells) => cells.map(wordsOfInline).join(" ")).join("\n");
    case "rule":
      return "";
  }
}

function wordsOfInline(parts: readonly Inline[]): string {
  return parts
    .map((part) => {
      if ("text" in part) return part.text;
      if ("children" in part) return wordsOfInline(part.children);
      return part.kind === "mention" ? `@${part.name}` : "\n";
    })
    .join("");
}
