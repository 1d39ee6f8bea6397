/**
 * Whom the analysis fails: portraits and copies of them as people bring them, counted by skin and finish. Taken for a
 * drawing (a blink is a flat egg then), shut lips cut open or open ones shut, covers that are none. What was found is kept
 * for as long as rigs are the same: who is stopped goes on when called again.
 */
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { AvatarFactory } from '../../src/avatar/avatar-factory.ts';
import { VultusError } from '../../src/errors.ts';
import type { Rig } from '../../src/render/warp/rig.ts';
import { DRAWN_FACES, drawFace } from '../../test/support/drawn-face.ts';
import { sharedFile, sharedPortraits } from '../fixtures.ts';
import { RESULTS_FOLDER, type Report, type Row } from '../report.ts';
import { FINISHES } from './copies.ts';
import { KeptFindings } from './kept-findings.ts';
import { COVER_CODES, COVERS, SHUT_MOUTHS } from './shown.ts';

export interface PortraitsOptions {
  /** A folder of people that look photographed, each a folder with `rest.png` or `rest.webp` and `head.json`. */
  people?: string | undefined;
  /** No analysis is begun after so many. */
  minutes?: number | undefined;
}

interface Finding {
  name: string;
  group: string;
  finish: string;
  faults: Fault[];
}

interface Portrait {
  name: string;
  file: string;
  group: string;
  shut: boolean;
  covers: readonly string[];
}

const FAULTS = ['taken for a drawing', 'cut open', 'shut though open', 'false cover', 'refused'] as const;
type Fault = (typeof FAULTS)[number];
/** An analysis lets all others go first; the bench may run on a busy machine. */
const PATIENCE_S = 900;

export async function benchPortraits({ people, minutes }: PortraitsOptions): Promise<Report> {
  const folders = [people, sharedFile('people/failing')].filter((folder) => folder !== undefined);
  const portraits = [...folders.flatMap(peopleIn), ...sharedPortraits().map(asPortrait)];
  const skipped: string[] = [];
  if (!people) skipped.push('people that look photographed: no --people folder');
  if (portraits.length === 0) skipped.push('portraits: no ../shared/data');
  const deadline = minutes ? Date.now() + 60_000 * minutes : Number.POSITIVE_INFINITY;
  const factory = await AvatarFactory.create({ limits: { busyDeadlineS: PATIENCE_S } });
  const version = createHash('sha256').update(factory.rigKey).digest('hex').slice(0, 16);
  const kept = new KeptFindings<Fault[]>(join(RESULTS_FOLDER, 'portraits', `${version}.jsonl`));
  const found: Finding[] = [];
  let left = 0;
  const rows: Row[] = [];
  try {
    for (const portrait of portraits) {
      for (const [finish, copy] of Object.entries(FINISHES)) {
        const key = `${portrait.file} ${finish}`;
        let faults = kept.get(key);
        if (!faults && Date.now() < deadline) {
          faults = await faultsOf(factory, portrait, await copy(portrait.file));
          kept.keep(key, faults);
        }
        if (faults) found.push({ name: portrait.name, group: portrait.group, finish, faults });
        else left++;
      }
    }
    rows.push(await drawingsRow(factory));
  } finally {
    await factory.close();
  }
  if (left > 0) skipped.push(`${left} of ${found.length + left} pictures: no time was left; call again`);
  for (const group of new Set(portraits.map((portrait) => portrait.group))) {
    for (const finish of Object.keys(FINISHES)) {
      rows.push(
        faultsRow(
          `${group}, ${finish}`,
          found.filter((each) => each.group === group && each.finish === finish),
        ),
      );
    }
  }
  const details = found.filter(({ faults }) => faults.length > 0);
  return { name: 'Whom the analysis fails', rows, skipped, details };
}

function faultsRow(what: string, found: readonly Finding[]): Row {
  const words = FAULTS.map((fault) => [found.filter(({ faults }) => faults.includes(fault)).length, fault])
    .filter(([times]) => times !== 0)
    .map(([times, fault]) => `${times} ${fault}`);
  return {
    measure: `${what}: faults of ${found.length}`,
    value: words.join(', ') || 'none',
    bar: 'none',
    met: words.length === 0,
  };
}

async function faultsOf(factory: AvatarFactory, portrait: Portrait, bytes: Uint8Array): Promise<Fault[]> {
  try {
    const { rig, quality } = await factory.analyse(bytes);
    const { mouthOpening, mouthCovered } = quality.measures;
    const found: Fault[] = [];
    if ((rig as Rig).drawn) found.push('taken for a drawing');
    if (portrait.shut && mouthOpening > 0) found.push('cut open');
    if (!portrait.shut && (mouthOpening === 0 || mouthCovered === 1)) found.push('shut though open');
    const covers = quality.findings.map(({ code }) => code).filter((code) => COVER_CODES.includes(code));
    if (covers.some((code) => !portrait.covers.includes(code))) found.push('false cover');
    return found;
  } catch (cause) {
    if (!(cause instanceof VultusError)) throw cause;
    return ['refused'];
  }
}

async function drawingsRow(factory: AvatarFactory): Promise<Row> {
  let known = 0;
  for (const look of Object.values(DRAWN_FACES)) {
    const { rig } = await factory.analyse(await drawFace(look));
    if ((rig as Rig).drawn) known++;
  }
  const all = Object.keys(DRAWN_FACES).length;
  return { measure: `drawings known as such, of ${all}`, value: known, bar: `≥ ${all}`, met: known === all };
}

function asPortrait(file: string): Portrait {
  const name = basename(file).replace(/\.\w+$/, '');
  const group = name.startsWith('photo') ? 'photographs' : 'paintings and stylised';
  return { name, file, group, shut: SHUT_MOUTHS.has(name), covers: COVERS[name] ?? [] };
}

/** People of the generator look ahead with their lips shut, and nothing covers the face below the lips. */
function peopleIn(folder: string): Portrait[] {
  return globSync(`${folder}/*/rest.{png,webp}`)
    .filter((file) => existsSync(join(dirname(file), 'head.json')))
    .sort()
    .map((file) => {
      const { person } = JSON.parse(readFileSync(join(dirname(file), 'head.json'), 'utf8'));
      const group = `rendered people, ${String(person.skin).includes('dark') ? 'dark' : 'light'} skin`;
      return { name: basename(dirname(file)), file, group, shut: true, covers: [] };
    });
}
