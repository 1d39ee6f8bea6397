/** A Python with aiortc, made once in a folder of the cache. */
import { execFile } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const PACKAGES = ['aiortc==1.16.0', 'aiohttp', 'numpy'];
const run = promisify(execFile);

/**
 * @returns path of the interpreter and version of aiortc
 * @throws Error with one line that says what is missing
 */
export async function pythonWithAiortc(cacheDir: string): Promise<{ python: string; version: string }> {
  const folder = join(cacheDir, 'bench-aiortc');
  const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const version = async () => {
    const { stdout } = await run(python, ['-c', 'import aiohttp, aiortc, numpy; print(aiortc.__version__)']);
    return { python, version: stdout.trim() };
  };
  if (existsSync(python)) {
    try {
      return await version();
    } catch {
      rmSync(folder, { recursive: true }); // Half made.
    }
  }
  try {
    await run('python3', ['-m', 'venv', folder]);
  } catch {
    throw new Error('Python 3 with venv is not there');
  }
  try {
    await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PACKAGES]);
    return await version();
  } catch {
    throw new Error(`pip could not install ${PACKAGES.join(', ')}`);
  }
}
