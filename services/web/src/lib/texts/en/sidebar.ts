// The list of conversations, and the page with none open.
export const sidebar = {
  label: "Sidebar",
  list: "Conversations",
  browse: "Browse groups",
  newGroup: "New group",
  newChat: "New chat",
  jump: "Jump to…",
  account: "Account",
  settings: "Settings",
  shortcuts: "Keyboard shortcuts",
  signOut: "Sign out",
  notSignedOut: (reason: string) => `You are still signed in. ${reason}`,
  loading: "Loading conversations",
  failed: "The list could not be loaded",
  quiet: "Quiet here so far",
  quietText: "Talk to somebody, look around for a group, or begin one.",
  findPerson: "Find a person",
  noMessages: "No messages yet",
  you: (text: string) => `You: ${text}`,
  from: (author: string, text: string) => `${author}: ${text}`,
  unread: "unread",
};

export const empty = {
  welcome: "Welcome to Confab",
  welcomeText: "Your conversations will stand on the left, and what is said in them here. Three ways to begin:",
  pick: "Pick a conversation",
  pickText: "Choose one on the left, or jump to anybody by name.",
  find: "Write to somebody you know by name.",
  browse: "See which groups are there and join one.",
  group: "Start a place for a team or a topic.",
};
