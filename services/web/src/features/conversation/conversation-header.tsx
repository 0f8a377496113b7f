// Whose conversation this is, who is there, and what one can do with it.
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link, useNavigate } from "react-router";
import { listRequests } from "../../lib/api/requests";
import type { Conversation } from "../../lib/api-types";
import { conversationTitle, isMuted } from "../../lib/conversation-summary";
import { usePlaceInTitle } from "../../lib/page-title";
import { openPanel } from "../../lib/panels";
import { presenceText } from "../../lib/presence-text";
import { queryKeys } from "../../lib/query-client";
import { isAdmin } from "../../lib/rights";
import { searchPath } from "../../lib/search-query";
import { texts } from "../../lib/texts";
import { showToast } from "../../lib/toasts";
import { ConversationAvatar } from "../../lib/ui/avatar";
import { IconButton } from "../../lib/ui/button";
import { Icon } from "../../lib/ui/icons";
import { Menu, type MenuItem } from "../../lib/ui/menu";
import { useNow } from "../../lib/use-now";
import { useMute } from "../../lib/use-preferences";
import { useOnlineCount, usePresence } from "../../lib/use-presence";
import { useTypingText } from "../../lib/use-typing-text";
import { Badges } from "./badges";
import styles from "./conversation-header.module.css";

/** Of larger groups only a number is known. */
const COUNTED_ABOVE = 100;

interface ConversationHeaderProps {
  conversation: Conversation;
  /** More buttons, before the menu. */
  children?: ReactNode;
}

export function ConversationHeader({ conversation, children }: ConversationHeaderProps) {
  const { id, kind, topic } = conversation;
  const title = conversationTitle(conversation);
  usePlaceInTitle(title);
  const [receiver] = conversation.receivers;
  const presence = usePresence(receiver === undefined ? [] : [receiver.id]).get(receiver?.id ?? "");
  const typing = useTypingText(id);
  const items = useItems(conversation);
  const requests = useRequestCount(conversation);
  const facts = useFacts(conversation, presenceText(presence, useNow()));
  return (
    <header className={styles["header"]}>
      <Link to="/" className={styles["back"]} aria-label={texts.conversation.back}>
        <Icon name="back" />
      </Link>
      <ConversationAvatar conversation={conversation} title={title} presence={presence?.state} />
      <div className={styles["heading"]}>
        <div className={styles["title"]}>
          <h1 dir="auto">{title}</h1>
          <Badges conversation={conversation} />
        </div>
        <p className={styles["facts"]}>
          {typing === null ? facts : <em>{typing}</em>}
          {typing === null && topic !== "" && (
            <>
              {" · "}
              <span dir="auto" title={topic}>
                {topic}
              </span>
            </>
          )}
        </p>
      </div>
      {requests > 0 && (
        <button type="button" className={styles["requests"]} onClick={() => openPanel("settings", id)}>
          {texts.manage.requestsCount(requests)}
        </button>
      )}
      {children}
      {conversation.role !== null || kind === "group" ? (
        <Menu items={items}>
          <IconButton icon="more" label={kind === "group" ? texts.conversation.menu : texts.manage.actionsFor(title)} />
        </Menu>
      ) : null}
    </header>
  );
}

function useItems(conversation: Conversation): MenuItem[] {
  const { id, kind, role } = conversation;
  const navigate = useNavigate();
  const mute = useMute(conversation);
  const title = conversationTitle(conversation);
  const search: MenuItem = { label: texts.attention.searchHere, icon: "search", onSelect: () => void navigate(searchPath(conversation)) };
  const members: MenuItem = { label: texts.conversation.members, icon: "group", onSelect: () => openPanel("members", id) };
  if (role === null) return [members, search];
  const muting: MenuItem = isMuted(conversation)
    ? { label: texts.attention.unmute, icon: "bell", onSelect: () => mute.mutate(null, { onSuccess: () => void showToast(texts.attention.unmuted(title)) }) }
    : { label: texts.attention.mute, icon: "bellOff", onSelect: () => openPanel("mute", id) };
  if (kind === "direct") return [search, muting];
  return [
    members,
    search,
    muting,
    ...(isAdmin(conversation) ? [{ label: texts.manage.open, icon: "settings" as const, onSelect: () => openPanel("settings", id) }] : []),
    { label: texts.conversation.leave, icon: "leave", onSelect: () => openPanel("leave", id) },
  ];
}

function useFacts(conversation: Conversation, there: string | null): string {
  const { id, kind, memberCount, receivers, visibility } = conversation;
  const online = useOnlineCount(id, kind === "group" && memberCount > COUNTED_ABOVE && conversation.role !== null);
  if (kind === "direct") return [...receivers.map((user) => texts.person.handle(user.username)), there].filter((part) => part !== null).join(" · ");
  const place = visibility === "public" ? texts.conversation.openGroup : texts.conversation.privateGroup;
  return [place, texts.manage.members(memberCount), online === null ? null : texts.attention.online(online)].filter((part) => part !== null).join(" · ");
}

/** How many ask to join, for those who decide. */
function useRequestCount(conversation: Conversation): number {
  const { id, visibility } = conversation;
  const enabled = isAdmin(conversation) && visibility === "private";
  const requests = useQuery({ queryKey: queryKeys.requests(id), queryFn: ({ signal }) => listRequests(id, signal), enabled });
  return enabled ? (requests.data?.length ?? 0) : 0;
}
