import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { PYTHON_CACHE, pythonLacks, runPython } from '../support/python.ts';

const FOLDER = fileURLToPath(new URL('../../src/python', import.meta.url));
/** The first time it reads all that is imported, on a machine that may be slow. */
const LIMIT_MS = 5 * 60_000;
const lacks = pythonLacks('pipecat');

it.skipIf(lacks)(
  `the Python package is typed${lacks ? `: ${lacks}` : ''}`,
  { timeout: LIMIT_MS },
  async () => {
    const options = ['--config-file', `${FOLDER}/pyproject.toml`, '--cache-dir', join(PYTHON_CACHE, 'mypy')];
    const { status, said } = await runPython(['-m', 'mypy', ...options, `${FOLDER}/vultus`], {
      limitMs: LIMIT_MS,
    });
    expect(said).toMatch(/^Success/);
    expect(status).toBe(0);
  },
);
