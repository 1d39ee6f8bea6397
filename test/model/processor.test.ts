import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { arch, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { multipliesBytes } from '../../src/model/processor.ts';

it.skipIf(arch() !== 'x64').each([
  ['flags\t\t: fpu sse2 avx512f avx512_vnni amx_int8', true],
  ['flags\t\t: fpu sse2 avx2 avx_vnni', true],
  ['flags\t\t: fpu sse2 avx2 fma', false],
  ['Features\t: fp asimd', false],
])('tells from "%s" whether the processor multiplies bytes', async (text, expected) => {
  const folder = await mkdtemp(join(tmpdir(), 'vultus-processor-'));
  const file = join(folder, 'cpuinfo');
  await writeFile(file, `processor\t: 0\n${text}\nbugs\t\t:\n`);
  expect(multipliesBytes(file)).toBe(expected);
  await rm(folder, { recursive: true });
});

it('says no where nothing is known of the processor', () => {
  expect(multipliesBytes('/nowhere/cpuinfo')).toBe(false);
});
