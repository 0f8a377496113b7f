// The commands of the page as a whole: dialogs, settings, theme, language, signing out.
import { useEffect, useRef } from "react";
import { useNavigate } from "react-router";
import { registerCommands, type Command } from "../lib/commands";
import { LANGUAGES, setLanguage } from "../lib/language";
import { languageNames, texts } from "../lib/texts";
import { setTheme, THEMES } from "../lib/theme";
import type { DialogName } from "./dialogs";

interface Acts {
  openDialog: (name: DialogName) => void;
  allRead: () => void;
  signOut: () => void;
}

export function useAppCommands(acts: Acts): void {
  const navigate = useNavigate();
  const latest = useRef({ ...acts, navigate });
  useEffect(() => {
    latest.current = { ...acts, navigate };
  });
  // Once: another language draws the whole frame anew.
  useEffect(() => {
    const toSettings = () => void latest.current.navigate("/settings");
    return registerCommands(commandsOf(() => latest.current, toSettings));
  }, []);
}

function commandsOf(acts: () => Acts, toSettings: () => void): readonly Command[] {
  const { sidebar, settings, palette } = texts;
  const open = (name: DialogName) => () => acts().openDialog(name);
  return [
    { id: "new-chat", title: sidebar.newChat, icon: "compose", run: open("person") },
    { id: "new-group", title: sidebar.newGroup, icon: "group", run: open("group") },
    { id: "browse", title: sidebar.browse, icon: "compass", run: open("browse") },
    { id: "all-read", title: palette.allRead, icon: "tick", run: () => acts().allRead() },
    { id: "settings", title: sidebar.settings, icon: "settings", run: toSettings },
    { id: "help", title: sidebar.shortcuts, icon: "keyboard", run: open("help") },
    ...THEMES.map((theme): Command => ({ id: `theme-${theme}`, title: palette.theme(settings.themes[theme]), icon: "screen", run: () => setTheme(theme) })),
    ...LANGUAGES.map((one): Command => ({ id: `language-${one}`, title: palette.language(languageNames[one]), icon: "screen", run: () => setLanguage(one) })),
    { id: "sign-out", title: sidebar.signOut, icon: "leave", run: () => acts().signOut() },
  ];
}
