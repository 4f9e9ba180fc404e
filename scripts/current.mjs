// Whether outputs are up to date: dependencies by npm's record of what it installed, the rest by a hash of their inputs.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Whether node_modules matches package-lock.json: `missing`, `stale` or `yes`. */
export function installedAsLocked(root) {
  const wanted = packages(join(root, 'package-lock.json'));
  const found = packages(join(root, 'node_modules/.package-lock.json'));
  if (!found) return 'missing';
  // Optional packages are binaries for one platform each: most of them are not installed.
  const stale = Object.entries(wanted ?? {}).some(
    ([path, { version, optional }]) => path !== '' && !optional && found[path]?.version !== version,
  );
  return stale ? 'stale' : 'yes';
}

function packages(lock) {
  return existsSync(lock) ? JSON.parse(readFileSync(lock, 'utf8')).packages : undefined;
}

/** A hash of the files and folders at these paths, and of whatever else the output depends on. */
export function fingerprint(root, paths, more) {
  const hash = createHash('sha256').update(JSON.stringify([process.version, more]));
  for (const file of paths.flatMap((path) => filesOf(root, path))) {
    hash.update(`\0${file}\0`).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

function filesOf(root, path) {
  const entry = statSync(join(root, path), { throwIfNoEntry: false });
  if (!entry?.isDirectory()) return entry ? [path] : [];
  return readdirSync(join(root, path))
    .sort()
    .flatMap((name) => filesOf(root, `${path}/${name}`));
}

export function isCurrent(root, output, inputs) {
  const stamp = stampOf(root, output);
  return existsSync(join(root, output)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === inputs;
}

/** Called before an output is built, so that a build that was interrupted does not count as current. */
export function forget(root, output) {
  rmSync(stampOf(root, output), { force: true });
}

export function remember(root, output, inputs) {
  const stamp = stampOf(root, output);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, inputs);
}

const stampOf = (root, output) => join(root, 'node_modules/.cache/stepcast', output.replaceAll('/', '_'));
