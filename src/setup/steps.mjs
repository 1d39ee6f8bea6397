/**
 * Printing and running of set-up steps. Everything in this folder is plain JavaScript without dependencies,
 * because it runs before they are there, on any Node from 18 on.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root folder of the project. */
export const ROOT = resolve(fileURLToPath(import.meta.url), '../../..');

/** A failure with one sentence that says what to do; printed without a stack. */
export class SetupError extends Error {}

/** Seconds of a duration, as a person reads them: `0.4 s`, `41 s`, `2 min 5 s`. @param {number} durationMs */
export function formatDuration(durationMs) {
  const seconds = durationMs / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 119.5) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/**
 * Prints the steps of the set-up, each with what it does and how long it took.
 * `quiet` leaves out the steps that were done already.
 */
export class Reporter {
  /** @param {{ stream?: NodeJS.WritableStream, quiet?: boolean }} [options] */
  constructor({ stream = process.stdout, quiet = false } = {}) {
    this.stream = stream;
    this.quiet = quiet;
  }

  /** A step that needed no work. @param {string} name @param {string} what */
  done(name, what) {
    if (!this.quiet) this.stream.write(`▸ ${name}: ${what}\n`);
  }

  /** @param {string} text */
  note(text) {
    this.stream.write(`  ${text}\n`);
  }

  /**
   * @template T
   * @param {string} name
   * @param {string} what
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  async step(name, what, work) {
    const start = performance.now();
    this.stream.write(`▸ ${name}: ${what} … `);
    try {
      const result = await work();
      this.stream.write(`${formatDuration(performance.now() - start)}\n`);
      return result;
    } catch (error) {
      this.stream.write(`failed after ${formatDuration(performance.now() - start)}\n`);
      throw error;
    }
  }
}

/**
 * Runs a command in silence; on failure throws a `SetupError` with `hint` after the end of its output.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, signal?: AbortSignal, hint: string }} options
 * @returns {Promise<string>} what it wrote to stdout
 */
export function runQuietly(command, args, { cwd = ROOT, env = process.env, signal, hint }) {
  return new Promise((fulfil, reject) => {
    const child = spawn(command, args, { cwd, env, signal, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let all = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      all += chunk;
    });
    child.stderr.on('data', (chunk) => {
      all += chunk;
    });
    child.on('error', (error) => reject(new SetupError(`${hint} (${error.message})`)));
    child.on('close', (code) => {
      if (code === 0) return fulfil(stdout);
      reject(new SetupError(`${shortened(all)}\n\n${hint}`));
    });
  });
}

/** First and last lines of a long output: the cause stands in the one or the other. @param {string} output */
function shortened(output) {
  const lines = output.trimEnd().split('\n');
  if (lines.length <= 32) return lines.join('\n');
  return [...lines.slice(0, 12), '…', ...lines.slice(-20)].join('\n');
}

const PARENT_CHECK_MS = 500;

/**
 * Runs a command on this terminal and passes signals on to it.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<number>} its exit code (128 + signal if a signal ended it)
 */
export function runVisibly(command, args, { cwd = process.cwd(), env = process.env } = {}) {
  return new Promise((fulfil, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: 'inherit' });
    /** @type {NodeJS.Signals[]} */
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    // SIGINT from a terminal reaches the child by itself; then this handler only keeps us alive until it ends.
    const pass = signals.map((signal) => {
      const handler = () => {
        if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
      };
      process.on(signal, handler);
      return () => process.off(signal, handler);
    });
    // npm signals the shell between us, which ends without a word to us: then our parent is another one.
    const parent = process.ppid;
    const orphaned = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(orphaned);
      child.kill('SIGTERM');
    }, PARENT_CHECK_MS).unref();
    // Whoever runs in the background of a shell of its own outlives it.
    if (!process.env.npm_lifecycle_event) clearInterval(orphaned);
    child.on('error', (error) => reject(new SetupError(`${command} cannot be started: ${error.message}`)));
    child.on('close', (code, signal) => {
      clearInterval(orphaned);
      for (const undo of pass) undo();
      fulfil(code ?? (signal === 'SIGINT' ? 130 : 143));
    });
  });
}

/** Whether a command runs and says yes. @param {string} command @param {string[]} args */
export function succeeds(command, args) {
  return spawnSync(command, args, { stdio: 'ignore', timeout: 60_000 }).status === 0;
}

/** Full path of a program in PATH, or undefined. @param {string} name @param {string} [path] */
export function findProgram(name, path = process.env.PATH ?? '') {
  const suffixes = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  for (const folder of path.split(delimiter)) {
    for (const suffix of suffixes) {
      const file = join(folder, name + suffix);
      if (folder && existsSync(file) && statSync(file).isFile()) return file;
    }
  }
  return undefined;
}

/** Runs a main function; a failure ends the process with its sentence. @param {() => Promise<number>} main */
export async function runMain(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    const text =
      error instanceof SetupError ? error.message : String(/** @type {Error} */ (error)?.stack ?? error);
    process.stderr.write(`\n${text}\n`);
    process.exitCode = 1;
  }
}
