// npm run bench -- [name …] [--json | --markdown] [--moment]
import { parseArgs } from 'node:util';
import { age } from './age.js';
import { auth } from './auth.js';
import { boot } from './boot.js';
import { causes } from './causes.js';
import { fanout, fanoutMixed } from './fanout.js';
import { growth } from './growth.js';
import { hostile } from './hostile.js';
import { idle } from './idle.js';
import { latency } from './latency.js';
import { list } from './list.js';
import { nodes } from './nodes.js';
import { page } from './page.js';
import { read } from './read.js';
import { report } from './report.js';
import { reportBatch } from './report-batch.js';
import { resume } from './resume.js';
import { stall } from './stall.js';
import { storm } from './storm.js';
import { type Bench, measure } from './support/bench.js';
import { inMarkdown, inWords, markdownHead } from './support/figure.js';

const benches: Readonly<Record<string, Bench>> = {
  report,
  'report-batch': reportBatch,
  auth,
  growth,
  age,
  read,
  causes,
  list,
  fanout,
  'fanout-mixed': fanoutMixed,
  latency,
  stall,
  storm,
  idle,
  resume,
  nodes,
  boot,
  page,
  hostile,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false, short: 'j' },
    markdown: { type: 'boolean', default: false },
    moment: { type: 'boolean', default: false, short: 'm' },
  },
});

const shown = values.json ? JSON.stringify : values.markdown ? inMarkdown : inWords;
const names = chosen(positionals);
if (values.markdown) console.log(markdownHead());
for (const name of names) {
  // What goes on is said beside the figures, so that these can be piped on.
  const figures = await measure(benches[name] as Bench, values.moment, (words) => console.error(words));
  for (const figure of figures) console.log(shown(figure));
}

function chosen(names: readonly string[]): readonly string[] {
  const all = Object.keys(benches);
  const unknown = names.filter((name) => !all.includes(name));
  if (unknown.length > 0) {
    console.error(`expected names of benchmarks (${all.join(', ')}), got ${unknown.join(', ')}`);
    process.exit(2);
  }
  return names.length > 0 ? names : all;
}
