import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BUILTIN_PACK, loadPack } from '../../../../../src/model/pack.ts';
import { TaughtShade } from '../../../../../src/render/warp/analyse/head/taught-shade.ts';
import { CELLS, COLUMNS } from '../../../../../src/render/warp/shade/canonical-frame.ts';
import { SHADE_GROUPS } from '../../../../../src/render/warp/shade/shade-maps.ts';

const TRAINING = new URL('../../../../../models/training/shade/', import.meta.url);
const SMOOTH = new Float32Array(CELLS);

describe('taught shade', () => {
  it('has its groups in the order in which training writes them', async () => {
    const python = await readFile(new URL('groups.py', TRAINING), 'utf8');
    const table = python.slice(python.indexOf('GROUPS'), python.indexOf('}'));
    const rows = [...table.matchAll(/^ {4}"\w+": \((.*)\),$/gm)].map(([, names]) =>
      [...names.matchAll(/"(\w+)"/g)].map(([, name]) => name),
    );
    const ours = SHADE_GROUPS.map(({ left, right }) => (left === right ? [left] : [left, right]));
    expect(ours).toEqual(rows);
  });

  it('is linear in the light, and alike on both sides of the face', async () => {
    const taught = await TaughtShade.read((await loadPack(BUILTIN_PACK)).files.shade);
    const [dark, lit, twice] = [0, 0.3, 0.6].map((x) => taught.of([x, 0, 0], SMOOTH));
    const bent = dark.map((value, i) => (Math.abs(twice[i]) < 127 ? twice[i] - 2 * lit[i] + value : 0));
    expect(bent.every((value) => Math.abs(value) < 3)).toBe(true);
    const mirrored = taught.of([-0.3, 0, 0], SMOOTH);
    const across = (cell: number) => cell - (cell % COLUMNS) + COLUMNS - 1 - (cell % COLUMNS);
    // Of the jaw, the first of the groups: what its sides differ by, and how strong it is.
    let [differing, strong] = [0, 0];
    for (let cell = 0; cell < CELLS; cell++) {
      differing += Math.abs(lit[cell] - mirrored[across(cell)]);
      strong += Math.abs(lit[cell]);
    }
    expect(differing).toBeLessThan(0.2 * strong);
  });

  it('tells of a file that is missing or too short', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'vultus-shade-')), 'shade.bin');
    await expect(TaughtShade.read(file)).rejects.toMatchObject({ code: 'pack_invalid' });
    await writeFile(file, new Uint8Array(100));
    await expect(TaughtShade.read(file)).rejects.toMatchObject({ code: 'pack_invalid', detail: /100 bytes/ });
  });
});
