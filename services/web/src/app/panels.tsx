// The panels of a conversation, one at a time, wherever they are asked for. One that is no longer allowed closes.
import { MuteDialog } from "../features/attention/mute-dialog";
import { GroupSettingsDialog } from "../features/group-settings/group-settings-dialog";
import { AddPeopleDialog } from "../features/members/add-people-dialog";
import { LeaveDialog } from "../features/members/leave-dialog";
import { MembersDialog } from "../features/members/members-dialog";
import { useChatSnapshot } from "../lib/chat-context";
import { closePanel, openPanel, usePanel, type Panel } from "../lib/panels";
import { isAdmin } from "../lib/rights";
import { useConversation } from "../lib/use-conversations";

export function Panels() {
  const panel = usePanel();
  return panel === null ? null : <OnePanel key={`${panel.name} ${panel.conversationId}`} panel={panel} />;
}

function OnePanel({ panel: { name, conversationId } }: { panel: Panel }) {
  const { conversation } = useConversation(conversationId);
  const lost = useChatSnapshot().attention.lost.has(conversationId);
  if (conversation === undefined || lost) return null;
  switch (name) {
    case "members":
      return <MembersDialog conversation={conversation} onClose={closePanel} />;
    case "leave":
      return <LeaveDialog conversation={conversation} onClose={closePanel} />;
    case "mute":
      return <MuteDialog conversation={conversation} onClose={closePanel} />;
    case "settings":
      return isAdmin(conversation) ? <GroupSettingsDialog conversation={conversation} onClose={closePanel} /> : null;
    case "add":
      return isAdmin(conversation) ? <AddPeopleDialog conversation={conversation} onClose={() => openPanel("members", conversationId)} /> : null;
  }
}
