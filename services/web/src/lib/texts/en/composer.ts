// Where one writes.
import { number } from "../count";

export const composer = {
  label: "Message",
  placeholder: (title: string) => `Message ${title}`,
  send: "Send",
  tooLong: (bytes: number) => `${number(bytes)} bytes too long to send`,
  left: (bytes: number) => `${number(bytes)} bytes left`,
  hint: "Enter sends, Shift + Enter begins a new line",
};
