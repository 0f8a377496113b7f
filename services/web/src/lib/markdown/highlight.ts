// Colours code. It is loaded when the first code with a language is to be seen; highlight.js finds the parts, and
// only their kinds come out of here, no HTML.
import { common, createLowlight } from "lowlight";

export type Look = "keyword" | "string" | "number" | "comment" | "name" | "type" | "addition" | "deletion";
export type Coloured = string | { readonly look: Look; readonly parts: readonly Coloured[] };

/** The kinds of highlight.js that are told apart; all others look like plain text. */
const LOOKS: Readonly<Record<string, Look>> = {
  keyword: "keyword",
  operator: "keyword",
  literal: "number",
  number: "number",
  symbol: "number",
  string: "string",
  regexp: "string",
  link: "string",
  comment: "comment",
  quote: "comment",
  doctag: "comment",
  title: "name",
  section: "name",
  name: "name",
  "selector-id": "name",
  "selector-class": "name",
  "selector-tag": "keyword",
  type: "type",
  built_in: "type",
  class: "type",
  attr: "type",
  attribute: "type",
  property: "type",
  variable: "type",
  "template-variable": "type",
  meta: "comment",
  addition: "addition",
  deletion: "deletion",
};

/** So many pieces of code are kept as they were coloured. */
const KEPT = 100;
const lowlight = createLowlight(common);
const kept = new Map<string, readonly Coloured[]>();

/** Null if the language is not known. */
export function highlight(language: string, text: string): readonly Coloured[] | null {
  if (!lowlight.registered(language)) return null;
  const key = `${language}\n${text}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const parts = colour(lowlight.highlight(language, text).children);
  kept.set(key, parts);
  const [oldest] = kept.keys();
  if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
  return parts;
}

type Nodes = ReturnType<typeof lowlight.highlight>["children"];

function colour(nodes: Nodes): Coloured[] {
  return nodes.flatMap((node): Coloured[] => {
    if (node.type === "text") return [node.value];
    if (node.type !== "element") return [];
    const parts = colour(node.children);
    const look = lookOf(node.properties["className"]);
    return look === undefined ? parts : [{ look, parts }];
  });
}

function lookOf(names: unknown): Look | undefined {
  const [first] = Array.isArray(names) ? (names as unknown[]) : [];
  return typeof first === "string" ? LOOKS[first.replace(/^hljs-/, "")] : undefined;
}
