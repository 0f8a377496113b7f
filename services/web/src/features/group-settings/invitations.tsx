// The links into a group: made with an end and a number of uses, shown once, listed, revoked.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { createInvitation, listInvitations, revokeInvitation } from "../../lib/api/invitations";
import type { Invitation } from "../../lib/api-types";
import { copyText } from "../../lib/copy-text";
import { fullTime } from "../../lib/format-time";
import { usePeople } from "../../lib/people";
import { queryKeys } from "../../lib/query-client";
import { texts } from "../../lib/texts";
import { showToast } from "../../lib/toasts";
import { Button } from "../../lib/ui/button";
import { Field } from "../../lib/ui/field";
import { Icon } from "../../lib/ui/icons";
import rows from "../../lib/ui/person-row.module.css";
import { Select } from "../../lib/ui/select";
import { Skeleton } from "../../lib/ui/skeleton";
import { useNow } from "../../lib/use-now";
import styles from "./group-settings.module.css";

const HOUR = 3_600_000;
const EXPIRIES = { hour: HOUR, day: 24 * HOUR, week: 7 * 24 * HOUR, never: null } as const;
const USES = { one: 1, ten: 10, hundred: 100, any: null } as const;

export function Invitations({ conversationId }: { conversationId: string }) {
  const client = useQueryClient();
  const again = () => client.invalidateQueries({ queryKey: queryKeys.invitations(conversationId) });
  const list = useQuery({ queryKey: queryKeys.invitations(conversationId), queryFn: ({ signal }) => listInvitations(conversationId, signal), staleTime: 0 });
  const revoke = useMutation({
    mutationFn: (invitation: Invitation) => revokeInvitation(conversationId, invitation.id),
    onSuccess: () => void showToast(texts.manage.revoked),
    onSettled: again,
  });
  const people = usePeople((list.data ?? []).map((one) => one.createdBy));
  const problem = revoke.error ?? list.error;
  return (
    <>
      <NewInvitation conversationId={conversationId} onMade={() => void again()} />
      {list.isPending && <Skeleton label={texts.manage.loadingInvitations} shape="rows" count={2} />}
      {problem !== null && (
        <p role="alert" className={styles["problem"]}>
          {problem.message}
        </p>
      )}
      <ul className={rows["list"]} aria-label={texts.manage.invitations}>
        {(list.data ?? []).map((invitation) => (
          <OneInvitation key={invitation.id} invitation={invitation} by={people.get(invitation.createdBy)?.displayName ?? texts.somebody} busy={revoke.isPending} onRevoke={() => revoke.mutate(invitation)} />
        ))}
      </ul>
      <p role="status" className={styles["nothing"]}>
        {list.data?.length === 0 ? texts.manage.noInvitations : ""}
      </p>
    </>
  );
}

function NewInvitation({ conversationId, onMade }: { conversationId: string; onMade: () => void }) {
  const [expiry, setExpiry] = useState<keyof typeof EXPIRIES>("week");
  const [uses, setUses] = useState<keyof typeof USES>("any");
  const create = useMutation({
    mutationFn: () => {
      const millis = EXPIRIES[expiry];
      return createInvitation(conversationId, { expiresAt: millis === null ? null : new Date(Date.now() + millis).toISOString(), maxUses: USES[uses] });
    },
    onSuccess: onMade,
  });
  const link = create.data === undefined ? null : `${window.location.origin}/invite#${create.data.token}`;
  return (
    <div className={styles["new"]}>
      <div className={styles["pair"]}>
        <Select
          label={texts.manage.expires}
          value={expiry}
          onChange={(event) => setExpiry(event.target.value as keyof typeof EXPIRIES)}
          options={keys(EXPIRIES).map((value) => ({ value, label: texts.manage.expiries[value] }))}
        />
        <Select
          label={texts.manage.maxUses}
          value={uses}
          onChange={(event) => setUses(event.target.value as keyof typeof USES)}
          options={keys(USES).map((value) => ({ value, label: texts.manage.uses[value] }))}
        />
      </div>
      {create.isError && (
        <p role="alert" className={styles["problem"]}>
          {create.error.message}
        </p>
      )}
      {link === null ? (
        <Button look="soft" disabled={create.isPending} onClick={() => create.mutate()}>
          {texts.manage.createLink}
        </Button>
      ) : (
        <>
          <Field label={texts.manage.link} hint={texts.manage.linkOnce} value={link} readOnly onFocus={(event) => event.target.select()} />
          <div className={styles["pair"]}>
            <Button onClick={() => void copy(link)}>{texts.manage.copyLink}</Button>
            <Button look="quiet" onClick={() => create.reset()}>
              {texts.manage.newInvitation}
            </Button>
          </div>
        </>
      )}
    </div>
  );
}

interface OneInvitationProps {
  invitation: Invitation;
  /** Who has made it. */
  by: string;
  busy: boolean;
  onRevoke: () => void;
}

function OneInvitation({ invitation, by, busy, onRevoke }: OneInvitationProps) {
  const { createdAt, expiresAt, uses, maxUses } = invitation;
  const now = useNow();
  return (
    <li className={rows["split"]}>
      <div className={rows["row"]}>
        <Icon name="link" />
        <span className={rows["names"]}>
          <strong dir="auto">{texts.manage.invitedBy(by)}</strong>
          <span>
            {texts.manage.usedOf(uses, maxUses)}
            {" · "}
            {stateOf(invitation, now) ?? (expiresAt === null ? texts.manage.neverExpires : texts.manage.expiresAt(fullTime(expiresAt)))}
          </span>
        </span>
      </div>
      <Button look="quiet" disabled={busy} aria-label={texts.manage.revokeNamed(by, fullTime(createdAt))} onClick={onRevoke}>
        {texts.manage.revoke}
      </Button>
    </li>
  );
}

function stateOf({ expiresAt, uses, maxUses }: Invitation, now: Date): string | null {
  if (expiresAt !== null && new Date(expiresAt) <= now) return texts.manage.expired;
  return maxUses !== null && uses >= maxUses ? texts.manage.usedUp : null;
}

async function copy(link: string): Promise<void> {
  if (await copyText(link)) showToast(texts.manage.linkCopied);
  else showToast(texts.messages.notCopied, { look: "problem" });
}

const keys = <Key extends string>(table: Record<Key, unknown>) => Object.keys(table) as Key[];
