import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it('is compiled from the source beside it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vultus-simd-'));
  const compiled = join(folder, 'kernels.wasm');
  execFileSync('npm', ['run', 'build:simd', '--', '-o', compiled], { stdio: 'pipe' });
  expect(readFileSync(compiled).equals(readFileSync('src/render/warp/pixels/simd/kernels.wasm'))).toBe(true);
  rmSync(folder, { recursive: true });
}, 60_000);
