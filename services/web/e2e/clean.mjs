// What axe finds on a page: nothing is accepted. The page's security policy is not asked, as the browser itself puts axe in.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Nothing is judged before it is drawn, or while it fades in; one that is cut short is over, too. */
async function stands(page) {
  await page.evaluate(async () => {
    const lasting = () => document.getAnimations().filter((one) => one.playState !== "finished" && one.effect.getComputedTiming().iterations !== Infinity);
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    do {
      await Promise.allSettled(lasting().map((one) => one.finished));
      await frame();
      await frame();
    } while (lasting().length > 0);
  });
}

export async function isClean({ page }, where) {
  await stands(page);
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    const { violations } = await window.axe.run(document);
    return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
  });
  assert.deepEqual(found, [], where);
}

/** The same, and nothing reaches beyond the sides of the screen. */
export async function fits(person, where) {
  await isClean(person, where);
  assert.ok((await person.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)) <= 0, `${where} scrolls sideways`);
}
