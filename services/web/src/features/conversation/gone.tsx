// A conversation that is not there, or no longer one's own, and the way in: to ask, if it is a private group.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router";
import { askToJoin, listOwnRequests, takeRequestBack } from "../../lib/api/requests";
import { useChat } from "../../lib/chat-context";
import { queryKeys } from "../../lib/query-client";
import { texts } from "../../lib/texts";
import { showToast } from "../../lib/toasts";
import { Button } from "../../lib/ui/button";
import { Notice } from "../../lib/ui/notice";
import styles from "./gone.module.css";

export function Gone({ id }: { id: string }) {
  return (
    <Notice level={1} icon="alert" title={texts.conversation.gone} text={texts.conversation.goneText}>
      <AskToJoin id={id} />
      <Link to="/">{texts.conversation.back}</Link>
    </Notice>
  );
}

/** Shown at once when the event arrives, before anything is fetched. */
export function Removed({ id, title }: { id: string; title: string | null }) {
  const chat = useChat();
  return (
    <Notice level={1} icon="leave" title={title === null ? texts.gone.removed : `${title}: ${texts.gone.removed}`} text={texts.gone.removedText}>
      <Button look="quiet" onClick={() => chat.attention.entered(id)}>
        {texts.gone.lookAgain}
      </Button>
      <Link to="/">{texts.conversation.back}</Link>
    </Notice>
  );
}

/** The answer is the same whether there is such a group or not. */
function AskToJoin({ id }: { id: string }) {
  const client = useQueryClient();
  const again = () => client.invalidateQueries({ queryKey: queryKeys.ownRequests });
  const own = useQuery({ queryKey: queryKeys.ownRequests, queryFn: ({ signal }) => listOwnRequests(signal) });
  const ask = useMutation({ mutationFn: () => askToJoin(id), onSettled: again });
  const takeBack = useMutation({
    mutationFn: () => takeRequestBack(id),
    onSuccess: () => {
      ask.reset();
      showToast(texts.gone.takenBack);
    },
    onSettled: again,
  });
  const asked = ask.isSuccess || own.data?.some((request) => request.conversationId === id) === true;
  const problem = ask.error ?? takeBack.error;
  return (
    <div className={styles["ask"]}>
      <p role="status">{asked ? texts.gone.asked : texts.gone.askText}</p>
      {problem !== null && <p role="alert">{problem.message}</p>}
      {asked ? (
        <Button look="quiet" disabled={takeBack.isPending} onClick={() => takeBack.mutate()}>
          {texts.gone.takeBack}
        </Button>
      ) : (
        <Button disabled={ask.isPending} onClick={() => ask.mutate()}>
          {texts.gone.ask}
        </Button>
      )}
    </div>
  );
}
