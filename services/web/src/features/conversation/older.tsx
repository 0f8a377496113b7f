// Stands above the first message and asks for older ones when it comes near the screen.
import type { RefObject } from "react";
import { texts } from "../../lib/texts";
import { Button } from "../../lib/ui/button";
import { Waiting } from "../../lib/ui/notice";
import styles from "./message-list.module.css";
import type { MessageSource } from "./message-source";
import { useNear } from "./use-near";

interface OlderProps {
  source: MessageSource;
  scroller: RefObject<HTMLDivElement | null>;
  began: string;
}

/** The same height whatever is inside, so that what is below keeps its place. The style sheet has it, too. */
export const OLDER_HEIGHT = 88;

export function Older({ source, scroller, began }: OlderProps) {
  const { messages, hasOlder, loading, error, loadOlder } = source;
  const mark = useNear(scroller, "900px 0px 0px 0px", hasOlder && error === null && !loading, messages[0]?.seq, loadOlder);
  return (
    <div ref={mark} className={styles["older"]}>
      {hasOlder && loading && <Waiting label={texts.messages.loadingOlder} />}
      {error !== null && (
        <Button look="quiet" onClick={loadOlder}>
          {texts.messages.olderFailed}
        </Button>
      )}
      {!hasOlder && messages.length > 0 && <p>{began}</p>}
    </div>
  );
}
