// Draws a message's text: Markdown, mentions and links, as elements of React only.
import { memo, type ReactNode } from "react";
import { classNames } from "../ui/class-names";
import { CodeBlock } from "./code-block";
import styles from "./markdown.module.css";
import { cutName, type MentionResolver } from "./mentions";
import { parseMarkdown } from "./parse";
import type { Block, Inline } from "./tree";

interface MarkdownProps {
  text: string;
  /** Of the links and code inside: in the tab order only if their message is the one that the tab key stops at. */
  tabIndex: 0 | -1;
  /** Keep it the same object as long as it says the same. */
  mentions: MentionResolver;
}

interface Drawing {
  readonly tabIndex: 0 | -1;
  readonly mentions: MentionResolver;
}

export const Markdown = memo(function Markdown({ text, ...drawing }: MarkdownProps) {
  return <div className={styles["markdown"]}>{drawBlocks(parseMarkdown(text), drawing)}</div>;
});

function drawBlocks(blocks: readonly Block[], drawing: Drawing): ReactNode {
  return blocks.map((block, index) => <OneBlock key={index} block={block} drawing={drawing} />);
}

function OneBlock({ block, drawing }: { block: Block; drawing: Drawing }) {
  switch (block.kind) {
    case "paragraph":
      return <p dir="auto">{drawInline(block.children, drawing)}</p>;
    case "heading":
      // A heading of the page would be one too many in the outline of the page.
      return (
        <p dir="auto" className={styles["heading"]}>
          {drawInline(block.children, drawing)}
        </p>
      );
    case "quote":
      return <blockquote>{drawBlocks(block.children, drawing)}</blockquote>;
    case "list":
      return <List items={block.items} start={block.start} drawing={drawing} />;
    case "code":
      return <CodeBlock info={block.info} text={block.text} tabIndex={drawing.tabIndex} />;
    case "table":
      return <Table table={block} drawing={drawing} />;
    case "rule":
      return <hr />;
  }
}

function List({ items, start, drawing }: { items: readonly (readonly Block[])[]; start: number | null; drawing: Drawing }) {
  const drawn = items.map((item, index) => (
    <li key={index} dir="auto">
      {drawBlocks(item, drawing)}
    </li>
  ));
  return start === null ? <ul>{drawn}</ul> : <ol start={start}>{drawn}</ol>;
}

function Table({ table, drawing }: { table: Extract<Block, { kind: "table" }>; drawing: Drawing }) {
  const { head, rows, align } = table;
  const cell = (index: number) => ({ key: index, dir: "auto", style: { textAlign: align[index] ?? "start" } }) as const;
  return (
    // A wide table scrolls sideways, and what scrolls has to be reachable by keyboard.
     
    <div className={styles["table"]} tabIndex={drawing.tabIndex}>
      <table>
        <thead>
          <tr>
            {head.map((children, index) => {
              const { key, ...rest } = cell(index);
              return (
                <th key={key} scope="col" {...rest}>
                  {drawInline(children, drawing)}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, number) => (
            <tr key={number}>
              {row.map((children, index) => {
                const { key, ...rest } = cell(index);
                return (
                  <td key={key} {...rest}>
                    {drawInline(children, drawing)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function drawInline(parts: readonly Inline[], drawing: Drawing): ReactNode {
  return parts.map((part, index) => <OnePart key={index} part={part} drawing={drawing} />);
}

function OnePart({ part, drawing }: { part: Inline; drawing: Drawing }) {
  switch (part.kind) {
    case "text":
      return part.text;
    case "break":
      return <br />;
    case "inline-code":
      return (
        <code className={styles["inline"]} dir="ltr">
          {part.text}
        </code>
      );
    case "mention":
      return <MentionOf name={part.name} mentions={drawing.mentions} />;
    case "strong":
      return <strong>{drawInline(part.children, drawing)}</strong>;
    case "emphasis":
      return <em>{drawInline(part.children, drawing)}</em>;
    case "strike":
      return <s>{drawInline(part.children, drawing)}</s>;
    case "link":
      // Its words may say something else than where it goes, so that stands in the title.
      return (
        <a href={part.href} title={part.href} tabIndex={drawing.tabIndex} target="_blank" rel="noopener noreferrer nofollow">
          {drawInline(part.children, drawing)}
        </a>
      );
  }
}

function MentionOf({ name, mentions }: { name: string; mentions: MentionResolver }) {
  const cut = cutName(name, (username) => mentions(username) !== null);
  if (cut === null) return `@${name}`;
  const [username, rest] = cut;
  return (
    <>
      <span className={classNames(styles["mention"], mentions(username)?.self === true && styles["self"])}>{`@${username}`}</span>
      {rest}
    </>
  );
}
