import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { PYTHON_CACHE, PythonProgram, pythonLacks, runPython } from './python.ts';

const lacks = pythonLacks('livekit.agents');
if (lacks) console.log(`Tests with Python are skipped: ${lacks}`);

it('says what is missing', () => {
  expect(pythonLacks('a_module_that_nobody_has')).toMatch(/a_module_that_nobody_has/);
});

it.skipIf(lacks)('runs a program to its end', async () => {
  expect(await runPython(['-c', 'print("well"); exit(3)'], { limitMs: 20_000 })).toEqual({
    status: 3,
    said: 'well\n',
  });
});

it.skipIf(lacks)('keeps what it has compiled, whatever the environment says', async () => {
  vi.stubEnv('PYTHONDONTWRITEBYTECODE', '1');
  try {
    const program = 'import sys; print(sys.dont_write_bytecode, sys.pycache_prefix)';
    expect((await runPython(['-c', program], { limitMs: 20_000 })).said).toBe(
      `False ${join(PYTHON_CACHE, 'modules')}\n`,
    );
  } finally {
    vi.unstubAllEnvs();
  }
});

it.skipIf(lacks)('talks with one by lines of JSON', async () => {
  const program = new PythonProgram('echo.py', ['one']);
  try {
    expect(await program.next(({ args }) => args !== undefined)).toEqual({ args: ['one'] });
    program.tell({ some: 'thing' });
    expect(await program.next(({ some }) => some === 'thing')).toEqual({ some: 'thing' });
    // With where it stands.
    const nothing = program.next(({ other }) => other, 100);
    await expect(nothing).rejects.toThrow(/nothing for 100 ms.*not JSON.*echo\.py/s);
    expect(program.log).toMatch(/^not JSON\n/);
    program.tell('end');
    await expect(program.next(({ other }) => other)).rejects.toThrow(/has ended/);
  } finally {
    await program.close();
  }
});
