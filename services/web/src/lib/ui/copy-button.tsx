// Copies a text, and says so by its own icon and to screen readers.
import { useEffect, useState } from "react";
import { copyText } from "../copy-text";
import { texts } from "../texts";
import { showToast } from "../toasts";
import { Icon } from "./icons";

interface CopyButtonProps {
  text: string;
  label: string;
  className?: string | undefined;
  tabIndex?: number;
}

/** So long the tick stays. */
const DONE_MILLIS = 1_500;

export function CopyButton({ text, label, className, tabIndex }: CopyButtonProps) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), DONE_MILLIS);
    return () => clearTimeout(timer);
  }, [done]);
  async function copy() {
    const copied = await copyText(text);
    setDone(copied);
    if (!copied) showToast(texts.messages.notCopied, { look: "problem" });
  }
  return (
    <>
      <button type="button" className={className} tabIndex={tabIndex} aria-label={label} title={label} onClick={() => void copy()}>
        <Icon name={done ? "tick" : "copy"} size={16} />
      </button>
      <span role="status" className="visually-hidden">
        {done ? texts.messages.copied : ""}
      </span>
    </>
  );
}
