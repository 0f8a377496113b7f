// Jump to a conversation, or to anybody by name: type, choose with the arrow keys, Enter.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type KeyboardEvent } from "react";
import { useNavigate } from "react-router";
import { findUsers } from "../../lib/api/find-users";
import { startDirect } from "../../lib/api/start-direct";
import type { Conversation, User } from "../../lib/api-types";
import { useChat } from "../../lib/chat-context";
import { useCommands, type Command } from "../../lib/commands";
import { queryKeys } from "../../lib/query-client";
import { texts } from "../../lib/texts";
import { Dialog } from "../../lib/ui/dialog";
import { useSummaries } from "../../lib/use-conversations";
import { useSettled } from "../../lib/use-settled";
import { fitting, fittingCommands } from "./rank";
import { SwitcherOption } from "./switcher-option";
import styles from "./switcher.module.css";

export type Choice = { kind: "conversation"; conversation: Conversation; unread: number } | { kind: "person"; user: User } | { kind: "command"; command: Command };

export function SwitcherDialog({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const { choices, searching } = useChoices(text);
  const chosen = Math.min(at, choices.length - 1);

  async function go(id: string) {
    onClose();
    await navigate(`/c/${id}`);
  }
  const start = useMutation({
    mutationFn: startDirect,
    onSuccess: async (conversation) => {
      client.setQueryData(queryKeys.conversation(conversation.id), conversation);
      void client.invalidateQueries({ queryKey: queryKeys.conversations });
      await go(conversation.id);
    },
  });
  function choose(choice: Choice | undefined) {
    if (choice === undefined || start.isPending) return;
    if (choice.kind === "command") {
      onClose();
      choice.command.run();
    } else if (choice.kind === "person") start.mutate(choice.user.id);
    else void go(choice.conversation.id);
  }
  function onKeyDown(event: KeyboardEvent) {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0 && choices.length > 0) setAt((chosen + step + choices.length) % choices.length);
    else if (event.key === "Enter" && !event.nativeEvent.isComposing) choose(choices[chosen]);
    else return;
    event.preventDefault();
  }

  return (
    <Dialog title={texts.switcher.title} description={texts.switcher.text} open onOpenChange={onClose}>
      <input
        className={styles["input"]}
        role="combobox"
        aria-label={texts.switcher.input}
        aria-expanded={choices.length > 0}
        aria-controls="switcher-list"
        aria-autocomplete="list"
        aria-activedescendant={choices.length > 0 ? `switcher-${chosen}` : undefined}
        placeholder={texts.switcher.input}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      {start.isError && <p role="alert">{start.error.message}</p>}
      <div id="switcher-list" role="listbox" aria-label={texts.switcher.list} className={styles["list"]} hidden={choices.length === 0}>
        {PARTS.map(({ name, holds }) => {
          const part = choices.flatMap((choice, index) => (holds(choice) ? [{ choice, index }] : []));
          if (part.length === 0) return null;
          return (
            <div key={name} role="group" aria-labelledby={`switcher-${name}`}>
              <div id={`switcher-${name}`} role="presentation" className={styles["heading"]}>
                {texts.palette[name]}
              </div>
              {part.map(({ choice, index }) => (
                <SwitcherOption key={keyOf(choice)} id={`switcher-${index}`} choice={choice} selected={index === chosen} onChoose={() => choose(choice)} />
              ))}
            </div>
          );
        })}
      </div>
      <p role="status" className={styles["nothing"]}>
        {choices.length === 0 && !searching ? texts.switcher.nothing : ""}
      </p>
    </Dialog>
  );
}

const PARTS = [
  { name: "conversations", holds: (choice: Choice) => choice.kind !== "command" },
  { name: "commands", holds: (choice: Choice) => choice.kind === "command" },
] as const;

function keyOf(choice: Choice): string {
  if (choice.kind === "command") return choice.command.id;
  return choice.kind === "person" ? choice.user.id : choice.conversation.id;
}

/** Own conversations first, then people there is none with yet, then commands. */
function useChoices(text: string): { choices: Choice[]; searching: boolean } {
  const { userId } = useChat();
  const summaries = useSummaries();
  const commands = useCommands();
  const typed = text.trim();
  const asked = typed.replace(/^@/, "");
  const query = useSettled(asked);
  const found = useQuery({
    queryKey: queryKeys.userSearch(query),
    queryFn: ({ signal }) => findUsers(query, signal),
    enabled: query !== "",
    staleTime: 5_000,
  });
  const known = new Set([userId, ...summaries.flatMap(({ conversation }) => (conversation.kind === "direct" ? conversation.receivers.map((one) => one.id) : []))]);
  // Enter opens what is shown: never somebody who was found for other words than those typed by now.
  const fresh = asked !== "" && query === asked && !found.isPending;
  const people = fresh ? (found.data ?? []).filter((user) => !known.has(user.id)) : [];
  const choices: Choice[] = [
    ...fitting(summaries, text).map(({ conversation, unread }) => ({ kind: "conversation" as const, conversation, unread })),
    ...people.map((user) => ({ kind: "person" as const, user })),
  ];
  const searching = asked !== "" && !fresh;
  // While people are looked for, Enter must not find something else than was meant.
  choices.push(...fittingCommands(commands, text, !searching).map((command) => ({ kind: "command" as const, command })));
  return { choices, searching };
}
