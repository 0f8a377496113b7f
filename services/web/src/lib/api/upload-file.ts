// Sends the bytes of one file, and tells how far it got. Of what `fetch` offers nothing tells that.

import type { Attachment } from "../api-types";
import { notReached, problemOf } from "../http";

export interface Upload {
  readonly done: Promise<Attachment>;
  readonly cancel: () => void;
}

/** `progress` is called with the part that is sent, 0 to 1. A cancelled upload never settles. */
export function uploadFile(file: File, progress: (part: number) => void): Upload {
  const request = new XMLHttpRequest();
  const done = new Promise<Attachment>((resolve, reject) => {
    request.upload.onprogress = ({ loaded, total }) => progress(total === 0 ? 1 : loaded / total);
    request.onerror = () => reject(notReached());
    request.onload = () => {
      const told: unknown = parsed(request.responseText);
      if (request.status === 201) resolve((told as { file: Attachment }).file);
      else reject(problemOf(request.status, told, request.getResponseHeader("Retry-After")));
    };
  });
  request.open("POST", `/api/files?${new URLSearchParams({ name: file.name }).toString()}`);
  request.setRequestHeader("Content-Type", "application/octet-stream");
  request.send(file);
  return { done, cancel: () => request.abort() };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Where the bytes of a file are, and those of its small picture. */
export const fileAddress = (id: string) => `/api/files/${encodeURIComponent(id)}`;
export const thumbnailAddress = (id: string) => `${fileAddress(id)}/thumbnail`;
