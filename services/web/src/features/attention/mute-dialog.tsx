// How long a conversation stays silent.
import { useState } from "react";
import type { Conversation } from "../../lib/api-types";
import { conversationTitle } from "../../lib/conversation-summary";
import { texts } from "../../lib/texts";
import { Choice } from "../../lib/ui/choice";
import { Confirm } from "../../lib/ui/confirm";
import { useMute } from "../../lib/use-preferences";
import { MUTES, mutedUntil, type Mute } from "./mute-time";

export function MuteDialog({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const [chosen, setChosen] = useState<Mute>("hour");
  const mute = useMute(conversation);
  return (
    <Confirm
      title={texts.attention.muteTitle(conversationTitle(conversation))}
      text={texts.attention.muteText}
      action={texts.attention.muteNow}
      busy={mute.isPending}
      error={mute.error}
      onConfirm={() => mute.mutate(mutedUntil(chosen, new Date()).toISOString(), { onSuccess: onClose })}
      onClose={onClose}
    >
      <Choice<Mute>
        label={texts.attention.muted}
        value={chosen}
        onChange={setChosen}
        options={MUTES.map((value) => ({ value, label: texts.attention.muteFor[value] }))}
      />
    </Confirm>
  );
}
