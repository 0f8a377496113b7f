// Nachrichten suchen.
import { many } from "../count";

export const search = {
  title: "Suche",
  input: "Nachrichten suchen",
  placeholder: "Wörter, „ein Satz“, from:, in:, before:, after:, has:file",
  loading: "Es wird gesucht",
  list: "Gefundene Nachrichten",
  found: (count: number, more: boolean) => (more ? `${count}+ Nachrichten gefunden` : many(count, "Nachricht gefunden", "Nachrichten gefunden")),
  nothing: (query: string) => `Für „${query}“ wurde nichts gefunden.`,
  nothingText: "Versuche weniger oder andere Wörter, oder nimm einen Filter weg.",
  begin: "Alles durchsuchen, was du lesen kannst",
  beginText: "Tippe Wörter. Filter machen es enger:",
  failed: "Die Suche hat nicht geklappt",
  more: "Mehr zeigen",
  suggestions: "Filter",
  inConversation: (title: string) => `in ${title}`,
  withPerson: "direkt",
  file: "mit Datei",
  reply: "in einem Thread",
  filters: {
    from: "von jemandem",
    in: "in einem Gespräch",
    before: "vor einem Tag",
    after: "an einem Tag oder später",
    has: "mit einer Datei",
  },
};
