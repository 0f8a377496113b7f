// Waiting and pacing. A time limit here is only a net: it ends a test that hangs and never decides
// whether something was fast enough.

export const NET_MS = 60_000;

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks `condition` again and again until it gives something true, which is returned. */
export async function until(what, condition, { within = NET_MS, every = 20 } = {}) {
  const end = Date.now() + within;
  let last;
  for (;;) {
    last = await condition();
    if (last) return last;
    if (Date.now() > end) throw new Error(`waited ${within} ms in vain for: ${what}`);
    await sleep(every);
  }
}

/** The promise's result, or an error that says what did not come. */
export async function within(what, promise, ms = NET_MS) {
  let timer;
  const net = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${ms} ms in vain for: ${what}`)), ms);
  });
  try {
    return await Promise.race([promise, net]);
  } finally {
    clearTimeout(timer);
  }
}

/** Runs `work` for every item, at most `limit` at a time; results in the items' order. */
export async function together(limit, items, work) {
  const list = [...items];
  const results = new Array(list.length);
  let next = 0;
  const lane = async () => {
    while (next < list.length) {
      const index = next++;
      results[index] = await work(list[index], index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, list.length) }, lane));
  return results;
}
