/**
 * Whom the analysis fails: portraits and copies of them as people bring them, counted by skin and finish. Taken for a
 * drawing (a blink is a flat egg then), shut lips cut open or open ones shut, covers that are none.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { AvatarFactory } from '../../src/avatar/avatar-factory.ts';
import { VultusError } from '../../src/errors.ts';
import type { Rig } from '../../src/render/warp/rig.ts';
import { DRAWN_FACES, drawFace } from '../../test/support/drawn-face.ts';
import { sharedFile, sharedPortraits } from '../fixtures.ts';
import type { Report, Row } from '../report.ts';
import { FINISHES } from './copies.ts';
import { COVER_CODES, COVERS, SHUT_MOUTHS } from './shown.ts';

export interface PortraitsOptions {
  /** A folder of people that look photographed, each a folder with `rest.png` or `rest.webp` and `person.json`. */
  people?: string | undefined;
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

export async function benchPortraits({ people }: PortraitsOptions): Promise<Report> {
  const folders = [people, sharedFile('people/failing')].filter((folder) => folder !== undefined);
  const portraits = [...folders.flatMap(peopleIn), ...sharedPortraits().map(asPortrait)];
  const skipped: string[] = [];
  if (!people) skipped.push('people that look photographed: no --people folder');
  if (portraits.length === 0) skipped.push('portraits: no ../shared/data');
  const factory = await AvatarFactory.create();
  const faults: { name: string; finish: string; group: string; fault: Fault }[] = [];
  const rows: Row[] = [];
  try {
    for (const portrait of portraits) {
      for (const [finish, copy] of Object.entries(FINISHES)) {
        for (const fault of await faultsOf(factory, portrait, await copy(portrait.file))) {
          faults.push({ name: portrait.name, finish, group: portrait.group, fault });
        }
      }
    }
    rows.push(await drawingsRow(factory));
  } finally {
    await factory.close();
  }
  for (const group of new Set(portraits.map(({ group }) => group))) {
    const count = portraits.filter((portrait) => portrait.group === group).length;
    for (const finish of Object.keys(FINISHES)) {
      const found = faults.filter((each) => each.group === group && each.finish === finish);
      const told = FAULTS.map((fault) => ({
        fault,
        times: found.filter((each) => each.fault === fault).length,
      }));
      const words = told.filter(({ times }) => times > 0).map(({ fault, times }) => `${times} ${fault}`);
      rows.push({
        measure: `${group} (${count}), ${finish}: faults`,
        value: words.join(', ') || 'none',
        bar: 'none',
        met: words.length === 0,
      });
    }
  }
  return { name: 'Whom the analysis fails', rows, skipped, details: faults };
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
    .filter((file) => existsSync(join(dirname(file), 'person.json')))
    .sort()
    .map((file) => {
      const { person } = JSON.parse(readFileSync(join(dirname(file), 'person.json'), 'utf8'));
      const group = `rendered people, ${String(person.skin).includes('dark') ? 'dark' : 'light'} skin`;
      return { name: basename(dirname(file)), file, group, shut: true, covers: [] };
    });
}
