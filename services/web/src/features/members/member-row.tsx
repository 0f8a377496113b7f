// One member: name, role, whether they are there, and a menu of what one may do about them.
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { changeRole } from "../../lib/api/change-role";
import { startDirect } from "../../lib/api/start-direct";
import type { Member, Presence, Role } from "../../lib/api-types";
import { closePanel } from "../../lib/panels";
import { presenceText } from "../../lib/presence-text";
import { outranks, rolesToGive } from "../../lib/rights";
import { texts } from "../../lib/texts";
import { showToast } from "../../lib/toasts";
import { UserAvatar } from "../../lib/ui/avatar";
import { IconButton } from "../../lib/ui/button";
import type { IconName } from "../../lib/ui/icons";
import { Menu, type MenuItem } from "../../lib/ui/menu";
import rows from "../../lib/ui/person-row.module.css";
import { useNow } from "../../lib/use-now";
import type { Question } from "./member-question";
import styles from "./members.module.css";

interface MemberRowProps {
  conversationId: string;
  member: Member;
  presence: Presence | undefined;
  /** The role of whoever looks. */
  mine: Role | null;
  own: boolean;
  onAsk: (question: Question) => void;
  onChanged: () => void;
}

const ICONS: Record<Role, IconName> = { owner: "tick", admin: "tick", member: "person", reader: "eye", banned: "ban" };

export function MemberRow({ conversationId, member, presence, mine, own, onAsk, onChanged }: MemberRowProps) {
  const { user, role } = member;
  const now = useNow();
  const navigate = useNavigate();
  const give = useMutation({
    mutationFn: (wanted: Role) => changeRole(conversationId, user.id, wanted),
    onSuccess: (_, wanted) => {
      showToast(texts.manage.roleChanged(user.displayName, texts.roles[wanted]));
      onChanged();
    },
    onError: (error) => void showToast(error.message, { look: "problem" }),
  });
  const write = useMutation({
    mutationFn: () => startDirect(user.id),
    onSuccess: async (conversation) => {
      closePanel();
      await navigate(`/c/${conversation.id}`);
    },
    onError: (error) => void showToast(error.message, { look: "problem" }),
  });
  const may = !own && outranks(mine, role);
  const items: MenuItem[] = [
    ...(own ? [] : [{ label: texts.manage.write(user.displayName), icon: "compose" as const, onSelect: () => write.mutate() }]),
    ...(may
      ? rolesToGive(mine)
          .filter((wanted) => wanted !== role)
          .map((wanted) => ({
            label: texts.manage.makeRole[wanted],
            icon: ICONS[wanted],
            onSelect: () => (wanted === "owner" ? onAsk({ kind: "owner", user }) : give.mutate(wanted)),
          }))
      : []),
    ...(may
      ? [
          { label: texts.manage.remove, icon: "leave" as const, onSelect: () => onAsk({ kind: "remove", user }) },
          { label: texts.manage.ban, icon: "ban" as const, onSelect: () => onAsk({ kind: "ban", user }) },
        ]
      : []),
  ];
  const there = presenceText(presence, now);
  return (
    <li className={rows["split"]}>
      <div className={rows["row"]}>
        <UserAvatar user={user} presence={presence?.state} />
        <span className={rows["names"]}>
          <strong dir="auto">{user.displayName}</strong>
          <span>
            {texts.person.handle(user.username)}
            {there === null ? "" : ` · ${there}`}
          </span>
        </span>
        {role !== "member" && <span className={styles["role"]}>{texts.roles[role]}</span>}
      </div>
      {items.length > 0 && (
        <Menu items={items}>
          <IconButton icon="more" label={texts.manage.actionsFor(user.displayName)} />
        </Menu>
      )}
    </li>
  );
}
