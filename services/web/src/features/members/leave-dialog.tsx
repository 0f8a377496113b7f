// Asks before a group is left. The only owner hands it over first.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { changeRole } from "../../lib/api/change-role";
import { leaveGroup } from "../../lib/api/leave-group";
import { listMembers } from "../../lib/api/list-members";
import type { Conversation, Member } from "../../lib/api-types";
import { useChat } from "../../lib/chat-context";
import { conversationTitle } from "../../lib/conversation-summary";
import { queryKeys } from "../../lib/query-client";
import { texts } from "../../lib/texts";
import { showToast } from "../../lib/toasts";
import { Confirm } from "../../lib/ui/confirm";
import { Select } from "../../lib/ui/select";
import { Skeleton } from "../../lib/ui/skeleton";

export function LeaveDialog({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const { id, role } = conversation;
  const chat = useChat();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [chosen, setChosen] = useState<string | null>(null);
  const owner = role === "owner";
  const others = useQuery({
    queryKey: queryKeys.successors(id),
    queryFn: async ({ signal }) => (await possibleHeirs(id, signal)).filter(({ user }) => user.id !== chat.userId),
    enabled: owner,
    staleTime: 0,
  });
  const title = conversationTitle(conversation);
  const heirs = owner && others.data !== undefined && !others.data.some((member) => member.role === "owner") ? byRank(others.data) : [];
  const heir = heirs.find(({ user }) => user.id === chosen) ?? heirs[0];
  const leave = useMutation({
    mutationFn: async () => {
      if (heir !== undefined) await changeRole(id, heir.user.id, "owner");
      await leaveGroup(id);
    },
    onSuccess: async () => {
      onClose();
      await navigate("/");
      chat.leave(id);
      void client.invalidateQueries({ queryKey: queryKeys.conversations });
      client.removeQueries({ queryKey: queryKeys.conversation(id) });
      showToast(texts.conversation.left(title));
    },
  });
  return (
    <Confirm
      title={texts.conversation.leaveTitle(title)}
      text={heirs.length > 0 ? texts.manage.handOver : others.data?.length === 0 ? texts.manage.alone : texts.conversation.leaveText}
      action={heirs.length > 0 ? texts.manage.handOverAndLeave : texts.conversation.leave}
      cancel={texts.conversation.stay}
      danger
      busy={leave.isPending || (owner && others.isPending)}
      error={leave.error ?? others.error}
      onConfirm={() => leave.mutate()}
      onClose={onClose}
    >
      {owner && others.isPending && <Skeleton label={texts.conversation.loadingMembers} shape="rows" count={1} />}
      {heir !== undefined && (
        <Select
          label={texts.manage.successor}
          value={heir.user.id}
          onChange={(event) => setChosen(event.target.value)}
          options={heirs.map(({ user, role: theirs }) => ({ value: user.id, label: `${user.displayName} (${texts.roles[theirs]})` }))}
        />
      )}
    </Confirm>
  );
}

/** All owners and admins first: in a large group they may be on no early page. */
async function possibleHeirs(id: string, signal: AbortSignal): Promise<Member[]> {
  const pages = await Promise.all([listMembers(id, { role: "owner" }, signal), listMembers(id, { role: "admin" }, signal), listMembers(id, {}, signal)]);
  return [...new Map(pages.flatMap((page) => page.members).map((member) => [member.user.id, member])).values()];
}

const RANKS = ["owner", "admin", "member", "reader", "banned"];

function byRank(members: readonly Member[]): Member[] {
  return [...members].sort((a, b) => RANKS.indexOf(a.role) - RANKS.indexOf(b.role));
}
