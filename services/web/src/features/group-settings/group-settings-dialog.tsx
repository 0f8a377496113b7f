// Everything that those decide who look after a group, in four parts.
import { useQuery } from "@tanstack/react-query";
import { Tabs } from "radix-ui";
import { listRequests } from "../../lib/api/requests";
import type { Conversation } from "../../lib/api-types";
import { conversationTitle } from "../../lib/conversation-summary";
import { queryKeys } from "../../lib/query-client";
import { texts } from "../../lib/texts";
import { Dialog } from "../../lib/ui/dialog";
import { Bans } from "./bans";
import { General } from "./general";
import styles from "./group-settings.module.css";
import { Invitations } from "./invitations";
import { Requests } from "./requests";

export function GroupSettingsDialog({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const { id } = conversation;
  const requests = useQuery({ queryKey: queryKeys.requests(id), queryFn: ({ signal }) => listRequests(id, signal), staleTime: 0 });
  const waiting = requests.data?.length ?? 0;
  return (
    <Dialog title={texts.manage.title} description={texts.manage.text(conversationTitle(conversation))} open onOpenChange={onClose}>
      <Tabs.Root defaultValue="general" className={styles["parts"]}>
        <Tabs.List className={styles["tabs"]} aria-label={texts.manage.parts}>
          <Tabs.Trigger value="general">{texts.manage.general}</Tabs.Trigger>
          <Tabs.Trigger value="requests">
            {texts.manage.requests}
            {waiting > 0 && (
              <span className={styles["badge"]}>
                {waiting}
                <span className="visually-hidden">{`, ${texts.manage.requestsCount(waiting)}`}</span>
              </span>
            )}
          </Tabs.Trigger>
          <Tabs.Trigger value="invitations">{texts.manage.invitations}</Tabs.Trigger>
          <Tabs.Trigger value="bans">{texts.manage.bans}</Tabs.Trigger>
        </Tabs.List>
        <Tabs.Content value="general" className={styles["part"]}>
          <General conversation={conversation} />
        </Tabs.Content>
        <Tabs.Content value="requests" className={styles["part"]}>
          <Requests conversationId={id} list={requests} />
        </Tabs.Content>
        <Tabs.Content value="invitations" className={styles["part"]}>
          <Invitations conversationId={id} />
        </Tabs.Content>
        <Tabs.Content value="bans" className={styles["part"]}>
          <Bans conversationId={id} />
        </Tabs.Content>
      </Tabs.Root>
    </Dialog>
  );
}
