// The page behind an invitation link: shows the group, and lets one in. The token stands behind the # of the
// address, so no server's log has it.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useLocation, useNavigate } from "react-router";
import { acceptInvitation, lookAtInvitation } from "../../lib/api/invitations";
import type { InvitedTo } from "../../lib/api-types";
import { ApiError } from "../../lib/http";
import { putListed } from "../../lib/list-cache";
import { usePlaceInTitle } from "../../lib/page-title";
import { queryKeys } from "../../lib/query-client";
import { texts } from "../../lib/texts";
import { GroupAvatar } from "../../lib/ui/avatar";
import { Button } from "../../lib/ui/button";
import { Notice, Waiting } from "../../lib/ui/notice";
import styles from "./invite.module.css";

export function InvitePage() {
  const token = useLocation().hash.slice(1);
  usePlaceInTitle(texts.invite.title);
  const look = useQuery({
    queryKey: queryKeys.invitation(token),
    queryFn: ({ signal }) => lookAtInvitation(token, signal),
    enabled: token !== "",
    staleTime: 0,
  });
  if (token === "") return <Bad text={texts.invite.none} />;
  if (look.isPending) return <Waiting label={texts.invite.loading} />;
  if (look.isError) {
    return look.error instanceof ApiError && !look.error.passing ? (
      <Bad text={texts.invite.badText} />
    ) : (
      <Notice level={1} icon="alert" title={texts.conversation.failed} text={look.error.message}>
        <Button onClick={() => void look.refetch()}>{texts.tryAgain}</Button>
      </Notice>
    );
  }
  return <Invited token={token} group={look.data} />;
}

function Invited({ token, group }: { token: string; group: InvitedTo }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const join = useMutation({
    mutationFn: () => acceptInvitation(token),
    onSuccess: async (conversation) => {
      putListed(client, conversation);
      void client.invalidateQueries({ queryKey: queryKeys.conversations });
      await navigate(`/c/${conversation.id}`, { replace: true });
    },
  });
  return (
    <div className={styles["page"]}>
      <GroupAvatar id={group.conversationId} name={group.name} size="large" />
      <p>{texts.invite.invited}</p>
      <h1 dir="auto">{group.name}</h1>
      {group.topic !== "" && <p dir="auto">{group.topic}</p>}
      <p>{texts.manage.members(group.memberCount)}</p>
      {join.isError && (
        <p role="alert" className={styles["problem"]}>
          {join.error.message}
        </p>
      )}
      {!group.isMember ? (
        <Button disabled={join.isPending} onClick={() => join.mutate()}>
          {texts.invite.join(group.name)}
        </Button>
      ) : (
        <>
          <p>{texts.invite.isIn}</p>
          <Link to={`/c/${group.conversationId}`}>{texts.invite.open(group.name)}</Link>
        </>
      )}
    </div>
  );
}

function Bad({ text }: { text: string }) {
  return (
    <Notice level={1} icon="link" title={texts.invite.bad} text={text}>
      <Link to="/">{texts.conversation.back}</Link>
    </Notice>
  );
}
