// Asks before a member is removed, banned or made an owner.
import { useMutation } from "@tanstack/react-query";
import { ban } from "../../lib/api/ban";
import { changeRole } from "../../lib/api/change-role";
import { removeMember } from "../../lib/api/remove-member";
import type { User } from "../../lib/api-types";
import { texts } from "../../lib/texts";
import { showToast } from "../../lib/toasts";
import { Confirm } from "../../lib/ui/confirm";

export interface Question {
  readonly kind: "remove" | "ban" | "owner";
  readonly user: User;
}

interface MemberQuestionProps {
  conversationId: string;
  question: Question;
  onDone: () => void;
  onClose: () => void;
}

export function MemberQuestion({ conversationId, question: { kind, user }, onDone, onClose }: MemberQuestionProps) {
  const words = wordsOf(kind);
  const act = useMutation({
    mutationFn: (): Promise<unknown> => {
      if (kind === "remove") return removeMember(conversationId, user.id);
      return kind === "ban" ? ban(conversationId, user.id) : changeRole(conversationId, user.id, "owner");
    },
    onSuccess: () => {
      showToast(words.done(user.displayName));
      onDone();
      onClose();
    },
  });
  return (
    <Confirm
      title={words.title(user.displayName)}
      text={words.text}
      action={words.action}
      danger={kind !== "owner"}
      busy={act.isPending}
      error={act.error}
      onConfirm={() => act.mutate()}
      onClose={onClose}
    />
  );
}

function wordsOf(kind: Question["kind"]) {
  const { manage, roles } = texts;
  switch (kind) {
    case "remove":
      return { title: manage.removeTitle, text: manage.removeText, action: manage.removeConfirm, done: manage.removed };
    case "ban":
      return { title: manage.banTitle, text: manage.banText, action: manage.banConfirm, done: manage.banned };
    case "owner":
      return { title: manage.ownerTitle, text: manage.ownerText, action: manage.ownerConfirm, done: (name: string) => manage.roleChanged(name, roles.owner) };
  }
}
