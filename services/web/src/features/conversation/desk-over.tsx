// What is open over a conversation because of one of its messages: menu, picker, question, history, image.
import { ImageViewer } from "./image-viewer";
import { isImage } from "./attachments";
import { DeleteDialog } from "./delete-dialog";
import { useDesk } from "./desk";
import { EditsDialog } from "./edits-dialog";
import { ForwardDialog } from "./forward-dialog";
import { MessageMenu } from "./message-menu";
import { ReactionPicker } from "./reaction-picker";
import type { Over } from "./use-desk";

export function DeskOver({ over, onClose }: { over: Over | null; onClose: () => void }) {
  const desk = useDesk();
  const { id } = desk.conversation;
  switch (over?.kind) {
    case "menu":
      return <MessageMenu message={over.message} place={over.place} onClose={onClose} />;
    case "picker":
      return <ReactionPicker place={over.place} onPick={(emoji) => desk.toggle(over.message, emoji)} onClose={onClose} />;
    case "delete":
      return <DeleteDialog conversationId={id} message={over.message} onClose={onClose} />;
    case "edits":
      return <EditsDialog conversationId={id} message={over.message} onClose={onClose} />;
    case "forward":
      return <ForwardDialog conversationId={id} message={over.message} onClose={onClose} />;
    case "viewer":
      return <ImageViewer images={over.message.attachments.filter(isImage)} start={over.index} onClose={onClose} />;
    case undefined:
      return null;
  }
}
