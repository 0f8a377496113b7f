// Name, topic, who gets in, who writes, and how fast; archiving below. What others feel is asked about first.
import { useState, type SubmitEvent } from "react";
import type { ChangeConversationBody, Conversation, Posting, Visibility } from "../../lib/api-types";
import { conversationTitle } from "../../lib/conversation-summary";
import { ApiError } from "../../lib/http";
import { texts } from "../../lib/texts";
import { showToast } from "../../lib/toasts";
import { Button } from "../../lib/ui/button";
import { Choice } from "../../lib/ui/choice";
import { Confirm } from "../../lib/ui/confirm";
import { Field } from "../../lib/ui/field";
import { Select } from "../../lib/ui/select";
import { useConversationChange } from "../../lib/use-conversation-change";
import { Archive } from "./archive";
import styles from "./group-settings.module.css";

const SLOW_MODES = [0, 5, 10, 30, 60, 300, 900, 3600, 21_600];

type Settings = Required<Pick<ChangeConversationBody, "name" | "topic" | "visibility" | "posting" | "slowModeSeconds">>;

export function General({ conversation }: { conversation: Conversation }) {
  // Only what was touched here is sent: another admin may be changing something else.
  const [touched, setTouched] = useState<Partial<Settings>>({});
  const [asking, setAsking] = useState(false);
  const change = useConversationChange(conversation.id);
  const now = settingsOf(conversation);
  const shown: Settings = { ...now, ...touched };
  const changes = differing(now, touched);
  const problem = change.error instanceof ApiError ? change.error : null;
  const set = (part: Partial<Settings>) => setTouched({ ...touched, ...part });
  const named = conversationTitle(conversation);

  function save() {
    change.mutate(changes, {
      onSuccess: () => {
        setTouched({});
        showToast(texts.manage.saved);
      },
      onSettled: () => setAsking(false),
    });
  }
  function submit(event: SubmitEvent) {
    event.preventDefault();
    if (changes.visibility === undefined) save();
    else setAsking(true);
  }

  const hidden = changes.visibility === "private";
  return (
    <form className={styles["form"]} onSubmit={submit}>
      <Field
        label={texts.manage.name}
        autoComplete="off"
        value={shown.name}
        onChange={(event) => set({ name: event.target.value })}
        error={problem?.field === "name" ? problem.message : null}
        required
      />
      <Field
        label={texts.manage.topic}
        autoComplete="off"
        hint={texts.manage.topicHint}
        value={shown.topic}
        onChange={(event) => set({ topic: event.target.value })}
        error={problem?.field === "topic" ? problem.message : null}
      />
      <Choice<Visibility>
        label={texts.manage.visibility}
        value={shown.visibility}
        onChange={(visibility) => set({ visibility })}
        options={(["public", "private"] as const).map((value) => ({ value, label: texts.manage.visibilities[value], hint: texts.manage.visibilityHints[value] }))}
      />
      <Choice<Posting>
        label={texts.manage.posting}
        value={shown.posting}
        onChange={(posting) => set({ posting })}
        options={(["members", "admins"] as const).map((value) => ({ value, label: texts.manage.postings[value] }))}
      />
      <Select
        label={texts.manage.slowMode}
        hint={texts.manage.slowModeHint}
        value={shown.slowModeSeconds}
        onChange={(event) => set({ slowModeSeconds: Number(event.target.value) })}
        options={[...new Set([...SLOW_MODES, shown.slowModeSeconds])].sort((a, b) => a - b).map((seconds) => ({ value: String(seconds), label: texts.manage.slowModes(seconds) }))}
      />
      {problem !== null && problem.field !== "name" && problem.field !== "topic" && (
        <p role="alert" className={styles["problem"]}>
          {problem.message}
        </p>
      )}
      <Button type="submit" disabled={change.isPending || Object.keys(changes).length === 0 || shown.name.trim() === ""}>
        {texts.manage.save}
      </Button>
      <Archive conversation={conversation} />
      {asking && (
        <Confirm
          title={hidden ? texts.manage.makePrivate(named) : texts.manage.makePublic(named)}
          text={hidden ? texts.manage.makePrivateText : texts.manage.makePublicText}
          action={texts.manage.confirm}
          busy={change.isPending}
          error={null}
          onConfirm={save}
          onClose={() => setAsking(false)}
        />
      )}
    </form>
  );
}

function settingsOf({ name, topic, visibility, posting, slowModeSeconds }: Conversation): Settings {
  return { name: name ?? "", topic, visibility, posting, slowModeSeconds };
}

function differing(now: Settings, touched: Partial<Settings>): Partial<Settings> {
  const trimmed = { ...touched };
  if (trimmed.name !== undefined) trimmed.name = trimmed.name.trim();
  if (trimmed.topic !== undefined) trimmed.topic = trimmed.topic.trim();
  return Object.fromEntries(Object.entries(trimmed).filter(([field, value]) => now[field as keyof Settings] !== value));
}
