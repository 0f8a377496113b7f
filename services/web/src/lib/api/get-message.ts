// One message, wherever it stands.

import type { Message } from "../api-types";
import { call } from "../http";

export async function getMessage(id: string, seq: number, signal?: AbortSignal): Promise<Message> {
  const { message } = await call<{ message: Message }>("GET", `/conversations/${encodeURIComponent(id)}/messages/${seq}`, { signal });
  return message;
}
