/** The demo page: built by vite into client-demo/dist whenever its sources have changed. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { packageFile } from './dependencies.mjs';
import { ROOT, runQuietly } from './steps.mjs';

/** What the page is made of: the demo, the client SDK and what that shares with the server, its renderer included. */
const SOURCES = [
  ...['client-demo', 'package-lock.json', 'src/client', 'src/contract'],
  ...['src/render', 'src/image', 'src/face'],
];
const SKIPPED = new Set(['dist', 'node_modules']);

/**
 * Hash over names and contents of all files under `paths`, in a fixed order.
 * @param {string} root @param {string[]} paths
 */
export function hashSources(root, paths) {
  const hash = createHash('sha256');
  /** @param {string} path */
  const visit = (path) => {
    if (!existsSync(path)) return;
    if (statSync(path).isDirectory()) {
      const names = readdirSync(path).filter((name) => !SKIPPED.has(name) && !name.startsWith('.'));
      for (const name of names.sort()) visit(join(path, name));
      return;
    }
    const data = readFileSync(path);
    hash.update(`${relative(root, path)}\n${data.length}\n`).update(data);
  };
  for (const path of paths) visit(join(root, path));
  return hash.digest('hex');
}

/** @param {import('./runtime.mjs').Runtime} runtime @param {import('./steps.mjs').Reporter} reporter */
export async function preparePage(runtime, reporter) {
  const dist = join(ROOT, 'client-demo/dist');
  const stampFile = join(dist, '.vultus-stamp');
  const stamp = hashSources(ROOT, SOURCES);
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) {
    reporter.done('page', 'up to date');
    return;
  }
  await reporter.step('page', 'building client-demo', () =>
    runQuietly(runtime.node, [packageFile('vite/bin/vite.js'), 'build', 'client-demo'], {
      env: runtime.env,
      hint: 'The page could not be built; the lines above say why.',
    }),
  );
  writeFileSync(stampFile, stamp);
}
