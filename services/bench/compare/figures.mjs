// Ratios of those that ran one after the other, so that what slows the machine slows both.

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** `1.94 (1.80–2.10)`: the median of the rounds and how far they lie apart. */
export function spread(values, digits = 2) {
  const text = (value) => value.toFixed(digits);
  return `${text(median(values))} (${text(Math.min(...values))}–${text(Math.max(...values))})`;
}

/** What no run may have: a figure of a run that lost something, or could not keep up, is worth nothing. */
export function wrong(outcome, rate) {
  const { refused, missing, duplicate, reordered } = outcome;
  const lost = Object.entries({ refused, missing, duplicate, reordered }).filter(([, count]) => count > 0);
  const found = lost.map(([what, count]) => `${count} ${what}`);
  const done = outcome.sent / outcome.seconds;
  if (rate && done < rate * 0.95) found.push(`only ${done.toFixed(0)} of ${rate} messages a second were taken`);
  return found;
}
