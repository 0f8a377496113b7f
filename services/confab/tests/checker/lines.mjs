// JSON lines, one object after the other, with the place each stands at.

import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';

/** Gives {place: 'file:number', line}. A line that is not JSON is an error that names its place. */
export async function* linesOf(file) {
  const short = path.basename(file);
  let number = 0;
  for await (const text of readline.createInterface({ input: fs.createReadStream(file), crlfDelay: Infinity })) {
    number += 1;
    if (text === '') continue;
    let line;
    try {
      line = JSON.parse(text);
    } catch {
      throw new Error(`${short}:${number} is not JSON: ${text.slice(0, 100)}`);
    }
    yield { place: `${short}:${number}`, line };
  }
}
