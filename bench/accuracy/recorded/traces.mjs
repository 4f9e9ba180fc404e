// node traces.mjs ansible|terraform FOLDER, or demo ADDRESS of a Stepcast: prints recorded runs as traces, as
// `npm run evaluate -- estimates --traces` reads them: each run with the up to five before it, from the second on.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [kind, from] = process.argv.slice(2);
const kinds = { ansible, terraform, demo };
if (!kinds[kind] || !from)
  throw new Error(`expected ${Object.keys(kinds).join(' or ')} and a folder or an address, got ${kind} ${from}`);
/** Seconds, to a hundredth. */
const seconds = (milliseconds) => Math.round(milliseconds / 10) / 100;

const runsIn = (name) =>
  readdirSync(from)
    .map((file) => [Number(/^run-(\d+)/.exec(file)?.[1]), join(from, file)])
    .filter(([number, path]) => number > 0 && (name || path.endsWith('.jsonl')))
    .sort(([a], [b]) => a - b)
    .map(([, path]) => linesOf(name ? join(path, name) : path));

const linesOf = (path) =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

/** A run of each task, which begins for all hosts at once. */
function ansible() {
  return runsIn().flatMap((lines) => {
    const tasks = [];
    for (const { at, task, successful } of lines) {
      if (task) tasks.push({ profile: `ansible: ${task}`, begun: at, reports: [] });
      else if (successful) tasks.at(-1).reports.push(seconds(1000 * (at - tasks.at(-1).begun)));
    }
    return tasks.map(({ profile, reports }) => ({ profile, run: { total: reports.length, reports } }));
  });
}

/** The whole of an apply, which begins with its first resource. */
function terraform() {
  return runsIn('apply.jsonl').map((lines) => {
    const timesOf = (wanted) =>
      lines.filter(({ type }) => type === wanted).map((line) => Date.parse(line['@timestamp']));
    const begun = Math.min(...timesOf('apply_start'));
    const reports = timesOf('apply_complete').map((at) => seconds(at - begun));
    return { profile: 'terraform apply', run: { total: reports.length, reports } };
  });
}

/** The steps that a server has recorded of all clusters, each by its name and the operation's type; of a unit its last report. */
async function demo() {
  const steps = `id stepName stepType state total startedAt completedAt units(first: 500) { nodes { state lastReportAt } }`;
  const query = `{ clusters(first: 500) { nodes { operations(first: 50) { nodes { startedAt steps { ${steps} } } } } } }`;
  const response = await fetch(new URL('/graphql', from), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return data.clusters.nodes
    .flatMap(({ operations }) => operations.nodes.flatMap((operation) => operation.steps))
    .filter(({ state }) => state === 'SUCCEEDED')
    .sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1))
    .map(({ stepName, stepType, total, startedAt, ...step }) => {
      const reports = step.units.nodes
        .filter(({ state }) => state === 'SUCCEEDED')
        .map(({ lastReportAt }) => Math.max(0, seconds(Date.parse(lastReportAt) - Date.parse(startedAt))));
      return { profile: `demo: ${stepName}, ${stepType}`, run: { total, reports: reports.sort((a, b) => a - b) } };
    });
}

const recorded = await kinds[kind]();
for (const profile of new Set(recorded.map((one) => one.profile))) {
  const runs = recorded.filter((one) => one.profile === profile).map(({ run }) => run);
  for (const [index, run] of runs.entries()) {
    if (index > 0) console.log(JSON.stringify({ profile, history: runs.slice(Math.max(0, index - 5), index), run }));
  }
}
