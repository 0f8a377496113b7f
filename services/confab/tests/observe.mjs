// What the dashboard and the alerts under deploy/ ask Prometheus for: names of metrics with the labels
// that go with them, read out of their queries.

import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const DEPLOY = fileURLToPath(new URL('../../../deploy', import.meta.url));
/** A metric of ours, with the matchers behind it. */
const SELECTOR = /\b((?:confab|process)_[a-z0-9_]+)(?:\{([^}]*)\})?/g;
const GROUPING = /\b(?:by|without|on|ignoring)\s*\(([^)]*)\)/g;
/** Labels that Prometheus adds itself. */
const ADDED = ['job', 'instance'];

function asked(query, where) {
  const grouped = [...query.matchAll(GROUPING)].flatMap(([, names]) => names.split(','));
  return [...query.matchAll(SELECTOR)].map(([, name, matchers = '']) => {
    const matched = [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label]) => label);
    const labels = [...matched, ...grouped].map((label) => label.trim()).filter((label) => label && !ADDED.includes(label));
    return { name, labels: [...new Set(labels)], where };
  });
}

/** Every value under a key `expr` or `query`, at any depth. */
function queries(value) {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) => (
    (key === 'expr' || key === 'query') && typeof inner === 'string' ? [inner] : queries(inner)
  ));
}

/** The queries of the rules: what stands behind `expr:`, in one line or, after `|`, in the deeper lines below. */
function rules(yaml) {
  return [...yaml.matchAll(/^( *)expr: (?:\|\n((?:\1 +.*\n)+)|(.*)\n)/gm)].map(([, , block, line]) => block ?? line);
}

export async function namesAsked() {
  const folder = path.join(DEPLOY, 'grafana/dashboards');
  const found = [];
  for (const file of (await fs.readdir(folder)).filter((name) => name.endsWith('.json'))) {
    const dashboard = JSON.parse(await fs.readFile(path.join(folder, file), 'utf8'));
    found.push(...queries(dashboard).flatMap((query) => asked(query, file)));
  }
  const alerts = rules(await fs.readFile(path.join(DEPLOY, 'prometheus/alerts.yml'), 'utf8'));
  found.push(...alerts.flatMap((query) => asked(query, 'alerts.yml')));
  if (found.length < 40) throw new Error(`only ${found.length} metrics are asked for: the queries were not found`);
  return found;
}
