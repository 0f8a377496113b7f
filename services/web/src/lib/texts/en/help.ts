// Keyboard shortcuts.
export const help = {
  title: "Keyboard shortcuts",
  text: "Everything can be done without a mouse.",
  switcher: "Jump to a conversation or a person, or run a command",
  neighbours: "Previous or next conversation",
  unread: "Previous or next unread conversation",
  send: "Send the message",
  newLine: "New line in the message",
  newest: "To the newest message and to the text field",
  history: "From message to message, once the list has the focus",
  help: "This help",
  or: "or",
};
