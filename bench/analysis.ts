/** What a portrait costs before its first picture: processor time of its analysis, and of making it ready to be drawn. */
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { squareFormat } from '../src/contract/formats.ts';
import { BUILTIN_PACK, loadPack } from '../src/model/pack.ts';
import { rendererOf } from '../src/render/renderers.ts';
import { galleryPortraits, openRenderer } from './fixtures.ts';
import { atMost, type Report, type Row } from './report.ts';
import { quantile } from './statistics.ts';

const RUNS = 9;
/** Sides of the portrait, pixels: both sizes of views that rigs are made of. */
const SIDES = [512, 1024];
/** Of a portrait of one megapixel, on one core. */
const ANALYSIS_BAR_MS = 800;
const PICTURE_SIDE = 512;

export async function benchAnalysis(): Promise<Report> {
  const pack = await loadPack(BUILTIN_PACK);
  const analyser = await rendererOf(pack).openAnalyser(pack);
  const renderer = await openRenderer('cpu');
  const file = await readFile(galleryPortraits()[0]);
  const rows: Row[] = [];
  for (const side of SIDES) {
    const portrait = await sharp(file).resize(side, side).png().toBuffer();
    const { rig } = await analyser.analyse(portrait);
    const cpuMs = await medianCpuMs(() => analyser.analyse(portrait));
    const measure = `a portrait of ${side}×${side} analysed, processor time`;
    rows.push(
      side === 1024 ? atMost(measure, cpuMs, ANALYSIS_BAR_MS, 'ms') : { measure, value: cpuMs, unit: 'ms' },
      {
        measure: `its rig prepared for ${PICTURE_SIDE}×${PICTURE_SIDE}, processor time`,
        value: await medianCpuMs(() => renderer.prepare(rig, squareFormat(PICTURE_SIDE))),
        unit: 'ms',
      },
    );
  }
  await Promise.all([analyser.close(), renderer.close()]);
  return { name: 'Analysis', rows };
}

/** Of all threads, so that what the runtime compiles and collects meanwhile counts, too. */
async function medianCpuMs(work: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const start = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(start);
    times.push((user + system) / 1000);
  }
  return quantile(times, 0.5);
}
