// Stands below the last message of a stretch that one jumped to, and asks for the messages after it.
import type { RefObject } from "react";
import { texts } from "../../lib/texts";
import { Button } from "../../lib/ui/button";
import { Waiting } from "../../lib/ui/notice";
import styles from "./message-list.module.css";
import type { MessageSource } from "./message-source";
import { useNear } from "./use-near";

export function Newer({ source, scroller }: { source: MessageSource; scroller: RefObject<HTMLDivElement | null> }) {
  const { messages, loading, error, loadNewer } = source;
  const mark = useNear(scroller, "0px 0px 900px 0px", error === null && !loading, messages.at(-1)?.seq, loadNewer);
  return (
    <div ref={mark} className={styles["newer"]}>
      {loading && <Waiting label={texts.jump.newer} />}
      {error !== null && (
        <Button look="quiet" onClick={loadNewer}>
          {texts.jump.newerFailed}
        </Button>
      )}
    </div>
  );
}
