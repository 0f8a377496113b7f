// Emoji and where they are picked.

export const emoji = {
  pick: "Pick an emoji",
  search: "Search emoji",
  list: "Emoji",
  loading: "Loading emoji",
  nothing: "No emoji is called so. Try another word.",
  found: "Found",
  recent: "Used last",
  groups: {
    smileys: "Smileys and feelings",
    people: "People and body",
    animals: "Animals and nature",
    food: "Food and drink",
    travel: "Travel and places",
    activities: "Activities",
    objects: "Objects",
    symbols: "Symbols",
    flags: "Flags",
  },
};
