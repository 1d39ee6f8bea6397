import { execFile, spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';

/** Of what it printed: the end, where what was found stands. */
const MOST_SAID = 8000;

const PYTHON = process.env.VULTUS_PYTHON ?? 'python3';

/** @returns why a Python program that needs this module cannot run here; undefined where it can */
export function pythonLacks(module: string): string | undefined {
  const look = 'import importlib.util, sys; sys.exit(importlib.util.find_spec(sys.argv[1]) is None)';
  const { status } = spawnSync(PYTHON, ['-c', look, module]);
  return status === 0 ? undefined : `${PYTHON} with ${module} is not here (VULTUS_PYTHON names another one)`;
}

/**
 * Runs one to its end, in a folder where it finds no settings of somebody's.
 * @returns its exit status, undefined where it took too long, and the end of what it printed
 */
export function runPython(
  args: readonly string[],
  { env, limitMs }: { env?: Record<string, string>; limitMs: number },
): Promise<{ status: number | undefined; said: string }> {
  const options = {
    cwd: tmpdir(),
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...env },
    timeout: limitMs,
    killSignal: 'SIGKILL' as const,
    maxBuffer: 2 ** 26,
  };
  return new Promise((resolve) => {
    execFile(PYTHON, args, options, (error, stdout, stderr) => {
      const status = error ? (typeof error.code === 'number' ? error.code : undefined) : 0;
      resolve({ status, said: (stdout + stderr).slice(-MOST_SAID) });
    });
  });
}
