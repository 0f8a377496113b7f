// Finding people.
export const person = {
  title: "New chat",
  text: "Type the start of a name or username.",
  search: "Find a person",
  searching: "Searching",
  list: "People",
  nobody: (query: string) => `Nobody is called “${query}…”. Try the username, or fewer letters.`,
  nobodyElse: (query: string) => `Nobody else is called “${query}…”.`,
  handle: (username: string) => `@${username}`,
};
