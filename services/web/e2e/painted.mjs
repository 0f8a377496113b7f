// A picture that nobody drew: hills under a sky, as the bytes of a PNG.
import { crc32, deflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** `hue`: 0 to 1, of the sky. */
export function painted(width, height, hue) {
  const lines = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) lines.set(colour(x / width, y / height, hue), y * (1 + width * 3) + 1 + x * 3);
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([SIGNATURE, chunk("IHDR", head), chunk("IDAT", deflateSync(lines)), chunk("IEND", Buffer.alloc(0))]);
}

function colour(x, y, hue) {
  for (const [at, wave, light] of [
    [0.82, 3, 0.25],
    [0.68, 5, 0.4],
    [0.55, 2, 0.55],
  ]) {
    if (y > at + 0.07 * Math.sin(x * wave * 2 + hue * 9)) return shade(hue + 0.45, light);
  }
  const sun = Math.hypot(x - 0.7, (y - 0.3) * 0.7);
  return sun < 0.09 ? [255, 244, 214] : shade(hue, 0.95 - y * 0.35);
}

/** One of a soft row of colours. */
function shade(hue, light) {
  return [0, 1 / 3, 2 / 3].map((turn) => Math.round(255 * Math.min(1, light * (0.78 + 0.22 * Math.cos((hue - turn) * 2 * Math.PI)))));
}

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body) >>> 0);
  return Buffer.concat([length, body, sum]);
}
