// A team with something to show: people, groups and a few days of talk, written through the HTTP API.
// For the pictures only: `spread` lays the talk over several days by rewriting times in the answers a browser gets.
import { painted } from "./painted.mjs";
import { Script } from "./script.mjs";

/** What the clock of the pictures says. */
export const NOW = new Date("2026-11-19T11:42:00Z");

const CODE = `It was the retry. The gist:

\`\`\`rust
match posted.await {
    Ok(receipt) => outbox.settle(receipt.seq),
    Err(error) if error.passing() => outbox.again(client_id),
    Err(error) => outbox.refuse(error),
}
\`\`\`

Same \`client_id\`, so no second message.`;

const LONG = `Notes from the restore rehearsal, so that nobody has to dig for them:

1. We took the snapshot at 09:10 while the load generator was still running.
2. The database came back on the second machine after four minutes, most of it copying.
3. Every open client said "reconnecting" once and then went on where it was.
4. Two of us were in the middle of a message. Both messages arrived, once.
5. The old node came back by mistake. It was refused, which is what we wanted.
6. The numbers of the log were compared with the backup: no hole, no repeat.

What I would change: the checklist should say who watches the dashboard and who types.
We had three people typing and nobody watching, and found out about the full disk only by luck.

I will move the rehearsal into the calendar, first Tuesday of the month.
If somebody wants to lead the next one, say so here. It is a good way to learn the machine.`;

/** who, minutes before NOW, what, what else a message has */
const LAUNCH = [
  ["grace", 2 * 1440 + 95, "The release candidate is up: https://chat.example.org/releases/0.9"],
  ["grace", 2 * 1440 + 94, "I will pull the plug twice tonight, in the middle of a conversation."],
  ["linus", 2 * 1440 + 70, "Brave. I take it on the train, eleven tunnels."],
  ["ada", 2 * 1440 + 66, "Good night, release candidate."],
  ["grace", 1440 + 182, "Nothing lost, nothing twice 🙂"],
  ["linus", 1440 + 171, "It caught up after every tunnel. One message took three tries, and it is there once."],
  ["hedy", 1440 + 160, LONG],
  ["ada", 1440 + 151, "This is wonderful, thank you Hedy. First Tuesday it is."],
  ["linus", 1440 + 149, "🎉🎉🎉"],
  ["ada", 55, "Morning! Where do we stand with Thursday?"],
  ["linus", 54, "The trains are done, I am in from nine", { threadSeq: "Morning! Where do we stand with Thursday?" }],
  ["hedy", 53, "Announcement at ten, the text is in the pad", { threadSeq: "Morning! Where do we stand with Thursday?" }],
  ["grace", 52, CODE],
  ["grace", 51, "That was the last open bug."],
  ["hedy", 38, "The picture for the announcement is done, see what you think", { files: ["announcement.png", "text.md"] }],
  ["ada", 12, "That is the one! Shall we look at it together at two?"],
  ["grace", 8, "Two is perfect. I bring the cake 🍰", { replyTo: "That is the one! Shall we look at it together at two?" }],
];

const OTHERS = [
  ["direct", "linus", [["linus", 6, "Could you read my draft before lunch?"], ["linus", 4, "It is only two pages, I promise."]]],
  ["direct", "noor", [["noor", 74, "Did you keep the old chart?"], ["ada", 70, "Yes, I kept it for us."]]],
  ["direct", "emmy", [["ada", 130, "Thank you for the hint about symmetry!"], ["emmy", 120, "Any time. The proof on page 3 is yours."]]],
  ["Roof garden", "hedy", [["hedy", 1440 * 1.2, "The tomatoes made it through the night."]]],
  ["Book club", "noor", [["noor", 1440 * 3, "Who brings tea on Monday?"], ["ada", 1440 * 2.9, "I do, and biscuits."], ["noor", 1440 * 2.8, "@ada you are wonderful"]]],
  ["direct", "grace", [["grace", 1440 * 4, "Call me when you are on the platform"]]],
  ["Lunch", "emmy", [["emmy", 1440 * 5, "Soup today 🍲"]]],
];

const PEOPLE = { grace: "Grace Hopper", linus: "Linus Pauling", hedy: "Hedy Lamarr", noor: "Noor Inayat", emmy: "Emmy Noether" };

/** Fills an empty server. Gives the scripts of all but Ada, and the time that each text should have. */
export async function fill(url, ada) {
  const scripts = { ada };
  for (const [username, name] of Object.entries(PEOPLE)) scripts[username] = await Script.signUp(url, username, name);
  const times = new Map();
  async function talk(conversationId, lines) {
    const seqs = new Map();
    for (const [who, minutes, text, { files = [], ...about } = {}] of lines) {
      times.set(text, new Date(NOW.getTime() - minutes * 60_000).toISOString());
      const more = Object.fromEntries(Object.entries(about).map(([field, of]) => [field, seqs.get(of)]));
      if (files.length > 0) more.attachments = await Promise.all(files.map((name) => scripts[who].upload(name, FILES[name]())));
      seqs.set(text, await scripts[who].say(conversationId, text, more));
    }
    return seqs;
  }
  const { grace, linus, hedy, noor, emmy } = scripts;
  for (const [hue, person] of [grace, hedy, noor].entries()) await person.show(painted(160, 160, hue / 3));
  async function launch() {
    const id = await groupOf(ada, "Launch week", [grace, linus, hedy]);
    await live(id, await talk(id, LAUNCH), scripts, times);
    return id;
  }
  // The list is in order of activity, so the oldest talk comes first.
  for (const [kind, other, lines] of [...OTHERS].reverse()) {
    if (other === "linus") await launch();
    const id = kind === "direct" ? await ada.direct(scripts[other].user.id) : await groupOf(scripts[other], kind, [ada]);
    await talk(id, lines);
  }
  for (const name of ["Chess by mail", "Weather station", "Night trains"]) await emmy.group(name);
  await shielded(ada, linus, [noor, emmy]);
  return { scripts, times };
}

const FILES = { "announcement.png": () => painted(960, 540, 0.55), "text.md": () => "# Thursday\n\nWe open the doors at ten.\n" };

/** What is done about messages after they were said. */
async function live(id, seqs, { ada, grace, linus, hedy }, times) {
  const at = (text, rest = "") => `/conversations/${id}/messages/${seqs.get(text)}${rest}`;
  const react = (who, text, emoji) => who.call("PUT", at(text, `/reactions/${encodeURIComponent(emoji)}`));
  for (const who of [ada, linus, hedy]) await react(who, "Nothing lost, nothing twice 🙂", "🎉");
  await react(hedy, "Nothing lost, nothing twice 🙂", "❤️");
  await react(ada, "That was the last open bug.", "👏");
  for (const who of [grace, linus]) await react(who, "The picture for the announcement is done, see what you think", "😍");
  const edited = "That was the last open bug. The very last.";
  times.set(edited, times.get("That was the last open bug."));
  await grace.call("PATCH", at("That was the last open bug."), { body: edited });
  await ada.call("PUT", at("The release candidate is up: https://chat.example.org/releases/0.9", "/pin"));
  await ada.call("PATCH", `/conversations/${id}`, { topic: "Doors open on Thursday at ten" });
}

/** A private group with a request, a ban and a link. */
async function shielded(ada, member, [asks, banned]) {
  const { conversation } = await ada.call("POST", "/conversations", { kind: "group", name: "Surprise party", visibility: "private", memberIds: [member.user.id] });
  await asks.call("PUT", `/conversations/${conversation.id}/requests/me`);
  await ada.call("PUT", `/conversations/${conversation.id}/bans/${banned.user.id}`);
  await ada.call("POST", `/conversations/${conversation.id}/invitations`, { maxUses: 10 });
}

async function groupOf(owner, name, others) {
  const memberIds = others.map((one) => one.user.id);
  return (await owner.call("POST", "/conversations", { kind: "group", name, memberIds })).conversation.id;
}

/** Puts the times in place of the real ones in everything that this browser reads. */
export async function spread(context, times) {
  const backdate = (value) => {
    if (typeof value !== "object" || value === null) return;
    if (times.has(value.body)) {
      value.at = times.get(value.body);
      if (value.editedAt != null) value.editedAt = value.at;
    }
    if (value.lastAt !== undefined) value.lastAt = times.get("Announcement at ten, the text is in the pad");
    Object.values(value).forEach(backdate);
  };
  await context.route(/\/api\/conversations/, async (route) => {
    if (route.request().method() !== "GET") return route.continue();
    const response = await route.fetch();
    const answer = await response.json();
    backdate(answer);
    await route.fulfill({ response, json: answer });
  });
}
