// What the address says beside the conversation: the open thread (`?thread=`), so that going back closes it and a
// reload keeps it, and the message that a link names (`?m=`), which is jumped to once.
import { useCallback, useEffect, useEffectEvent } from "react";
import { useNavigate, useSearchParams } from "react-router";

const THREAD = "thread";
const MESSAGE = "m";

export function useThreadAddress() {
  const [search, setSearch] = useSearchParams();
  const navigate = useNavigate();
  const root = numberOf(search.get(THREAD));
  const openThread = useCallback((seq: number) => setSearch((before) => changed(before, THREAD, String(seq)), { state: { opened: true } }), [setSearch]);
  const closeThread = useCallback(() => {
    const state = window.history.state as { usr?: { opened?: boolean } } | null;
    // What was opened here is gone back from; a thread that the address brought along is only closed.
    if (state?.usr?.opened === true) void navigate(-1);
    else setSearch((before) => changed(before, THREAD, null), { replace: true });
  }, [navigate, setSearch]);
  return { root, openThread, closeThread };
}

export function useLinkedMessage(jump: (seq: number) => void): void {
  const [search, setSearch] = useSearchParams();
  const seq = numberOf(search.get(MESSAGE));
  const jumped = useEffectEvent((to: number) => {
    setSearch((before) => changed(before, MESSAGE, null), { replace: true });
    jump(to);
  });
  useEffect(() => {
    if (seq !== null) jumped(seq);
  }, [seq]);
}

function changed(before: URLSearchParams, name: string, value: string | null): URLSearchParams {
  const next = new URLSearchParams(before);
  if (value === null) next.delete(name);
  else next.set(name, value);
  return next;
}

function numberOf(text: string | null): number | null {
  return text !== null && /^[1-9]\d{0,15}$/.test(text) ? Number(text) : null;
}
