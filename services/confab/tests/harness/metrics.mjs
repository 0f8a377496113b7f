// `/metrics` of a server, as a scraper reads it: lines of the text format as numbers by name and labels.

import { until } from './wait.mjs';

const LINE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;

export class Page {
  constructor(text) {
    this.text = text;
    this.samples = text.split('\n').filter((line) => line && !line.startsWith('#')).map((line) => {
      const [, name, labels = '', value] = LINE.exec(line);
      return { name, labels: Object.fromEntries([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, text]) => [key, text])), value: Number(value) };
    });
  }

  /** The sum of all samples of this name with at least these labels; 0 if there is none. */
  value(name, labels = {}) {
    const fits = (sample) => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value);
    return this.samples.filter(fits).reduce((sum, sample) => sum + sample.value, 0);
  }

  /** Every name with the labels it was seen with. */
  names() {
    const names = new Map();
    for (const { name, labels } of this.samples) {
      const known = names.get(name) ?? new Set();
      Object.keys(labels).forEach((label) => known.add(label));
      names.set(name, known);
    }
    return names;
  }
}

/** Reads the metrics at `url`, which is not the public address of a server. */
export async function metrics(url) {
  const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(10_000) });
  if (response.status !== 200) throw new Error(`/metrics: ${response.status}`);
  return new Page(await response.text());
}

/** Does `cause` and waits until the metric is above what it was. */
export async function moves(url, name, labels, cause) {
  const before = (await metrics(url)).value(name, labels);
  await cause();
  await until(`${name} ${JSON.stringify(labels)} above ${before}`, async () => (await metrics(url)).value(name, labels) > before);
}
