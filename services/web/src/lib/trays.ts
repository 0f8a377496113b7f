// Files that wait beside an unsent message, by the place it is written in: uploaded two at a time, with progress.
//
// What is uploaded survives a reload of the tab; of the others the bytes are gone with the page, and it is said so.
import type { Attachment } from "./api-types";
import type { Upload } from "./api/upload-file";
import { ApiError } from "./http";
import { texts } from "./texts";

export interface TrayFile {
  readonly key: string;
  readonly name: string;
  readonly size: number;
  /** lost: the page was loaded again before it was uploaded. */
  readonly state: "waiting" | "uploading" | "done" | "failed" | "lost";
  /** The part that is sent, 0 to 1. */
  readonly part: number;
  readonly attachment: Attachment | null;
  readonly reason: string | null;
}

export interface TrayPorts {
  upload: (file: File, progress: (part: number) => void) => Upload;
  discard: (id: string) => Promise<void>;
  storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  storageKey: string;
}

export const TRAY_LIMIT = { files: 10, bytes: 25 * 1024 * 1024 };
const AT_ONCE = 2;
const NOTHING: readonly TrayFile[] = [];

export class Trays {
  #trays: ReadonlyMap<string, readonly TrayFile[]>;
  readonly #ports: TrayPorts;
  readonly #bytes = new Map<string, File>();
  readonly #uploads = new Map<string, Upload>();
  readonly #listeners = new Set<() => void>();
  #lastKey = 0;

  constructor(ports: TrayPorts) {
    this.#ports = ports;
    this.#trays = stored(ports);
    this.#lastKey = [...this.#trays.values()].flat().length;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  at(place: string): readonly TrayFile[] {
    return this.#trays.get(place) ?? NOTHING;
  }

  /** Says why some were not taken, null if all were. */
  add(place: string, files: readonly File[]): string | null {
    const small = files.filter((file) => file.size <= TRAY_LIMIT.bytes);
    const taken = small.slice(0, Math.max(0, TRAY_LIMIT.files - this.at(place).length));
    const added = taken.map((file): TrayFile => {
      this.#lastKey += 1;
      const key = `file ${this.#lastKey}`;
      this.#bytes.set(key, file);
      return { key, name: file.name, size: file.size, state: "waiting", part: 0, attachment: null, reason: null };
    });
    this.#set(place, [...this.at(place), ...added]);
    this.#next();
    if (small.length < files.length) return texts.files.tooLarge;
    return taken.length < small.length ? texts.files.tooMany(TRAY_LIMIT.files) : null;
  }

  retry(place: string, key: string): void {
    this.#change(place, key, { state: "waiting", part: 0, reason: null });
    this.#next();
  }

  remove(place: string, key: string): void {
    const file = this.at(place).find((one) => one.key === key);
    this.#forget(key);
    this.#set(place, this.at(place).filter((one) => one.key !== key));
    // The server clears away by itself what nobody used.
    if (file?.attachment) this.#ports.discard(file.attachment.id).catch((error: unknown) => onlyRefusals(error));
    this.#next();
  }

  /** The uploaded files, for a message; the tray is empty then. */
  take(place: string): Attachment[] {
    const taken = this.at(place).flatMap(({ attachment }) => (attachment === null ? [] : [attachment]));
    this.#set(place, []);
    return taken;
  }

  /** Files of a message that was not sent come back. */
  putBack(place: string, attachments: readonly Attachment[]): void {
    this.#set(place, [...this.at(place), ...attachments.map((one) => doneFile(one))]);
  }

  clear(): void {
    for (const key of this.#bytes.keys()) this.#forget(key);
    this.#trays = new Map();
    this.#kept();
  }

  #next(): void {
    for (const [place, files] of this.#trays) {
      for (const { key, state } of files) {
        if (this.#uploads.size >= AT_ONCE) return;
        if (state === "waiting") void this.#upload(place, key);
      }
    }
  }

  async #upload(place: string, key: string): Promise<void> {
    const file = this.#bytes.get(key);
    if (file === undefined) return;
    const upload = this.#ports.upload(file, (part) => this.#change(place, key, { part }));
    this.#uploads.set(key, upload);
    this.#change(place, key, { state: "uploading" });
    try {
      const attachment = await upload.done;
      this.#bytes.delete(key);
      this.#change(place, key, { state: "done", part: 1, attachment });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#change(place, key, { state: "failed", reason: error.message });
    } finally {
      this.#uploads.delete(key);
      this.#next();
    }
  }

  #forget(key: string): void {
    this.#uploads.get(key)?.cancel();
    this.#uploads.delete(key);
    this.#bytes.delete(key);
  }

  #change(place: string, key: string, change: Partial<TrayFile>): void {
    this.#set(place, this.at(place).map((one) => (one.key === key ? { ...one, ...change } : one)));
  }

  #set(place: string, files: readonly TrayFile[]): void {
    const next = new Map(this.#trays);
    if (files.length === 0) next.delete(place);
    else next.set(place, files);
    this.#trays = next;
    this.#kept();
  }

  #kept(): void {
    const { storage, storageKey } = this.#ports;
    const kept = [...this.#trays].map(([place, files]) => [place, files.map(({ name, size, attachment }) => ({ name, size, attachment }))]);
    if (kept.length === 0) storage.removeItem(storageKey);
    else storage.setItem(storageKey, JSON.stringify(kept));
    for (const listener of this.#listeners) listener();
  }
}

type Kept = [string, Pick<TrayFile, "name" | "size" | "attachment">[]][];

function stored({ storage, storageKey }: TrayPorts): Map<string, readonly TrayFile[]> {
  const text = storage.getItem(storageKey);
  let count = 0;
  const again = (file: Kept[number][1][number]): TrayFile => {
    count += 1;
    if (file.attachment !== null) return doneFile(file.attachment);
    return { ...file, key: `file ${count}`, state: "lost", part: 0, reason: texts.files.lost };
  };
  return new Map((text === null ? [] : (JSON.parse(text) as Kept)).map(([place, files]) => [place, files.map(again)]));
}

function doneFile(attachment: Attachment): TrayFile {
  const { id, name, size } = attachment;
  return { key: id, name, size, state: "done", part: 1, attachment, reason: null };
}

function onlyRefusals(error: unknown): void {
  if (!(error instanceof ApiError)) throw error;
}
