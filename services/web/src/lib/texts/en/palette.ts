// The command palette.
export const switcher = {
  title: "Jump to",
  text: "A conversation, or anybody by name.",
  input: "Conversation or person",
  list: "Matches",
  person: (username: string) => `New chat with @${username}`,
  nothing: "Nothing found. Try another word, or fewer letters.",
};

export const palette = {
  conversations: "Conversations and people",
  commands: "Commands",
  allRead: "Mark everything as read",
  theme: (name: string) => `Theme: ${name}`,
  language: (name: string) => `Language: ${name}`,
};
