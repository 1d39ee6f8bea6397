/** One set-up of this folder at a time: two that install and compile in the same places break each other. */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './steps.mjs';

const POLL_MS = 500;
/** No set-up takes so long. */
const LONGEST_MS = 30 * 60_000;

/**
 * Does the work when no other process does work under this lock; waits as long as one does, and says so.
 * @template T
 * @param {import('./steps.mjs').Reporter} reporter
 * @param {() => Promise<T>} work
 * @param {string} [file] whose first line is the process that has it
 * @returns {Promise<T>}
 */
export async function alone(reporter, work, file = join(ROOT, '.cache/setup.lock')) {
  mkdirSync(join(file, '..'), { recursive: true });
  let told = false;
  while (!take(file)) {
    if (!told) reporter.note('another set-up works in this folder; waiting for it');
    told = true;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

/** @param {string} file @returns {boolean} whether it is ours now */
function take(file) {
  try {
    writeFileSync(file, `${process.pid}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
  }
  if (isForsaken(file)) rmSync(file, { force: true });
  return false;
}

/** Whether its process was killed; of one from another container or boot, whose number another process may have, by age. */
function isForsaken(/** @type {string} */ file) {
  const { mtimeMs } = statSync(file, { throwIfNoEntry: false }) ?? { mtimeMs: Number.POSITIVE_INFINITY };
  return Date.now() - mtimeMs > LONGEST_MS || !isRunning(holderOf(file));
}

/** @param {string} file @returns {number} NaN where it is being written, or is gone by now */
function holderOf(file) {
  try {
    return Number.parseInt(readFileSync(file, 'utf8'), 10);
  } catch {
    return Number.NaN;
  }
}

/** @param {number} pid */
function isRunning(pid) {
  if (Number.isNaN(pid)) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
