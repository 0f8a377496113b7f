// Code between fences, with its language, coloured once the highlighter is there.
import { useEffect, useState, type ReactNode } from "react";
import { texts } from "../texts";
import { CopyButton } from "../ui/copy-button";
import type { Coloured } from "./highlight";
import styles from "./markdown.module.css";

type Highlight = (language: string, text: string) => readonly Coloured[] | null;
let highlight: Highlight | null = null;

export function CodeBlock({ info, text, tabIndex }: { info: string; text: string; tabIndex: 0 | -1 }) {
  const [language = ""] = info.split(/[\s{,]/, 1);
  const coloured = useColoured(language.toLowerCase(), text);
  const label = info === "" ? texts.messages.code : texts.messages.codeLanguage(info);
  return (
    <figure className={styles["code"]} aria-label={label}>
      <figcaption>
        <span>{info}</span>
        <CopyButton text={text} label={texts.messages.copyCode} tabIndex={tabIndex} className={styles["copy"]} />
      </figcaption>
      {/* Wide code scrolls sideways, and what scrolls has to be reachable by keyboard. */}
      { }
      <pre tabIndex={tabIndex} dir="ltr">
        <code>{coloured === null ? text : drawColoured(coloured)}</code>
      </pre>
    </figure>
  );
}

function drawColoured(parts: readonly Coloured[]): ReactNode {
  return parts.map((part, index) =>
    typeof part === "string" ? (
      part
    ) : (
      <span key={index} className={styles[part.look]}>
        {drawColoured(part.parts)}
      </span>
    ),
  );
}

/** Null while it is plain: no language, one that is not known, or the highlighter is not here yet. */
function useColoured(language: string, text: string): readonly Coloured[] | null {
  const [ready, setReady] = useState<Highlight | null>(() => highlight);
  useEffect(() => {
    if (ready !== null || language === "") return;
    let here = true;
    import("./highlight").then(
      (loaded) => {
        highlight = loaded.highlight;
        if (here) setReady(() => loaded.highlight);
      },
      () => undefined, // The network is away: code is readable without colours, and the next block asks again.
    );
    return () => {
      here = false;
    };
  }, [ready, language]);
  return ready === null || language === "" ? null : ready(language, text);
}
