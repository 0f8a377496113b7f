// A hundred thousand messages in one conversation: scrolling draws only what is near, and nothing on the screen jumps.
// The history is made up and handed to the page in the server's place; how quick it was is told, not judged.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Person, startBrowser } from "./person.mjs";
import { Script } from "./script.mjs";
import { TestServer } from "./server.mjs";

const COUNT = 100_000;
const STEPS = 60;
const STEP_PIXELS = 240;

let server;
let browser;

before(async () => {
  server = await TestServer.create();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await server?.remove();
});

/** Of all lengths, some with reactions, quotes, code and pictures. */
function madeUp(number, authors, start) {
  const words = "the quick brown fox jumps over the lazy dog ".repeat(1 + ((number * 7) % 9));
  return {
    seq: number,
    messageNo: number,
    actorId: authors[(number >> 2) % authors.length],
    at: new Date(start + number * 60_000).toISOString(),
    body: number % 17 === 0 ? `\`\`\`js\nlet a = ${number};\n\`\`\`` : `message ${number} ${words}`,
    replyTo: number % 11 === 0 ? number - 5 : null,
    clientId: `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`,
    threadSeq: null,
    editedAt: number % 23 === 0 ? new Date(start + number * 60_000).toISOString() : null,
    deleted: false,
    pinned: number % 500 === 0,
    reactions: number % 13 === 0 ? [{ emoji: "👍", userIds: [authors[0]] }] : [],
    attachments: [],
    mentions: [],
    everyone: false,
    forwarded: null,
    replies: number % 29 === 0 ? { count: 3, lastAt: new Date(start + number * 60_000).toISOString() } : null,
  };
}

test("a hundred thousand messages scroll without a jump", async (t) => {
  const bot = await Script.signUp(server.url, server.name("bot"), "Archive Bot");
  const chat = await bot.group(server.name("Archive"));
  await bot.say(chat, "one that is real");
  const ada = await Person.signUp(browser, server.url, server.name("ada"), "Ada Lovelace");
  const real = await bot.call("GET", `/conversations/${chat}/messages`);
  const start = Date.parse("2026-01-05T08:00:00Z");
  const messages = Array.from({ length: COUNT }, (_, index) => madeUp(index + 1, [bot.user.id], start));
  await ada.page.route(new RegExp(`${chat}/messages\\?`), (route) => route.fulfill({ json: { ...real, messages, hasMore: false, hasNewer: false } }));
  await ada.page.goto(`/c/${chat}`);
  await ada.messages.getByRole("article", { name: new RegExp(`message ${COUNT} `) }).waitFor();

  const seen = await ada.history.evaluate(
    async (list, { steps, pixels }) => {
      const frame = () => new Promise((done) => requestAnimationFrame(done));
      const settle = async () => {
        for (let turn = 0; turn < 4; turn += 1) await frame();
      };
      list.scrollTop = list.scrollHeight / 2;
      await settle();
      await settle();
      const gaps = [];
      const jumps = [];
      let most = 0;
      for (let step = 0; step < steps; step += 1) {
        const middle = list.getBoundingClientRect().top + list.clientHeight / 2;
        const anchor = [...list.querySelectorAll("article")].find((one) => one.getBoundingClientRect().bottom > middle);
        const before = anchor.getBoundingClientRect().top;
        const began = performance.now();
        list.scrollBy(0, -pixels);
        await frame();
        await frame();
        gaps.push((performance.now() - began) / 2);
        await settle();
        most = Math.max(most, list.querySelectorAll("article").length);
        if (anchor.isConnected) jumps.push(Math.abs(anchor.getBoundingClientRect().top - before - pixels));
      }
      gaps.sort((one, other) => one - other);
      return { most, jump: Math.max(...jumps), looked: jumps.length, median: gaps[gaps.length >> 1], worst: gaps.at(-1) };
    },
    { steps: STEPS, pixels: STEP_PIXELS },
  );
  t.diagnostic(`a frame took ${seen.median.toFixed(1)} ms in the median, ${seen.worst.toFixed(1)} ms at worst; ${seen.most} messages in the page at most`);
  assert.equal(seen.looked, STEPS, "the message that was looked at stays in the page");
  assert.ok(seen.jump <= 2, `a message on the screen jumped by ${seen.jump} pixels`);
  assert.ok(seen.most < 200, `${seen.most} messages are in the page at once`);
  assert.deepEqual(ada.errors, []);
});
