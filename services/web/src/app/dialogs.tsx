// The dialogs that can be opened from anywhere, one at a time.
import { BrowseGroupsDialog } from "../features/new-conversation/browse-groups-dialog";
import { CreateGroupDialog } from "../features/new-conversation/create-group-dialog";
import { FindPersonDialog } from "../features/new-conversation/find-person-dialog";
import { HelpDialog } from "../features/help/help-dialog";
import { SwitcherDialog } from "../features/switcher/switcher-dialog";

export type DialogName = "person" | "group" | "browse" | "switcher" | "help";

interface DialogsProps {
  open: DialogName | null;
  onOpen: (name: DialogName | null) => void;
}

export function Dialogs({ open, onOpen }: DialogsProps) {
  const close = () => onOpen(null);
  switch (open) {
    case "person":
      return <FindPersonDialog onClose={close} />;
    case "group":
      return <CreateGroupDialog onClose={close} />;
    case "browse":
      return <BrowseGroupsDialog onClose={close} onCreate={() => onOpen("group")} />;
    case "switcher":
      return <SwitcherDialog onClose={close} />;
    case "help":
      return <HelpDialog onClose={close} />;
    case null:
      return null;
  }
}
