/** Rows of the report: each part of the face by each measure, ours beside the plain warp and what was before. */

import { atMost, type Row } from '../report.ts';
import { mean } from '../statistics.ts';
import { REGIONS, type Region } from './regions.ts';
import {
  type Geometry,
  MEASURES,
  METHODS,
  type MeasureName,
  type Method,
  meanOf,
  type Score,
} from './score.ts';

/** Landmark error in shares of the distance of the eyes. */
const LANDMARK_BAR_PERCENT = 1;
/** Parts of the face that have to be nearer to the truth by so much than they were. */
const PARTS: readonly Region[] = ['mouth', 'lips', 'lids', 'cheeks', 'brows', 'hair'];
const GAIN_DB = 1;
/** No group of skins may be worse than the mean by more than a tenth. */
const GROUP_SHARE = 0.9;

type Figures = Record<MeasureName, number>;
/** Ours, of each person: what a run's details are. */
export type Earlier = Record<string, { landmarksPercent: number; regions: Record<Region, Figures> }>;

/** Of each person, for the JSON. */
export function byPerson(scores: readonly Score[], geometry: readonly Geometry[]): Earlier {
  const names = [...new Set(scores.map(({ person }) => person))];
  return Object.fromEntries(
    names.map((name) => {
      const own = scores.filter(({ person, method }) => person === name && method === 'ours');
      const regions = Object.fromEntries(REGIONS.map((region) => [region, figures(own, region)]));
      const landmarksPercent = mean(
        geometry.filter(({ person }) => person === name).map(({ percent }) => percent),
      );
      return [name, { landmarksPercent, regions: regions as Record<Region, Figures> }];
    }),
  );
}

function figures(scores: readonly Score[], region: Region): Figures {
  const names = Object.keys(MEASURES) as MeasureName[];
  return Object.fromEntries(names.map((name) => [name, meanOf(scores, name, region)])) as Figures;
}

export function pictureRows(scores: readonly Score[], earlier: Earlier): Row[] {
  const names = Object.keys(MEASURES) as MeasureName[];
  const people = [...new Set(scores.map(({ person }) => person))];
  const kinds = [...new Set(scores.map(({ kind }) => kind))];
  return [
    { measure: 'people, pictures', value: `${people.length}, ${scores.length / METHODS.length}` },
    ...REGIONS.flatMap((region) => names.map((name) => compared(scores, name, region, region, earlier))),
    ...PARTS.flatMap((region) => names.flatMap((name) => bySkin(scores, name, region))),
    ...kinds.map((kind) =>
      compared(
        scores.filter((score) => score.kind === kind),
        'HaarPSI',
        'face',
        `face, ${kind}`,
      ),
    ),
  ];
}

/** One row: ours, and in its bar what the baselines reach and what it was. */
function compared(
  scores: readonly Score[],
  name: MeasureName,
  region: Region,
  label: string,
  earlier: Earlier = {},
): Row {
  const of = (method: Method) =>
    meanOf(
      scores.filter((score) => score.method === method),
      name,
      region,
    );
  const [ours, plain, oracle] = METHODS.map(of);
  const { unit, digits } = MEASURES[name];
  const known = [...new Set(scores.map(({ person }) => person))].filter((person) => person in earlier);
  const before = mean(known.map((person) => earlier[person].regions[region][name]));
  const gain = name === 'PSNR' && PARTS.includes(region) ? GAIN_DB : 0;
  const bars = [`> plain warp ${plain.toFixed(digits)} (told the true landmarks ${oracle.toFixed(digits)})`];
  if (known.length > 0) bars.push(`≥ ${(before + gain).toFixed(digits)}, before ${before.toFixed(digits)}`);
  return {
    measure: `${name} ${label}`,
    value: ours,
    unit,
    bar: bars.join('; '),
    met: ours > plain && !(ours < before + gain),
  };
}

function bySkin(scores: readonly Score[], name: MeasureName, region: Region): Row[] {
  const ours = scores.filter(({ method }) => method === 'ours');
  const all = meanOf(ours, name, region);
  const skins = (['dark', 'light'] as const).filter((skin) => ours.some((score) => score.skin === skin));
  return skins.map((skin) => {
    const value = meanOf(
      ours.filter((score) => score.skin === skin),
      name,
      region,
    );
    const bar = `≥ ${GROUP_SHARE} of all's ${all.toFixed(MEASURES[name].digits)}`;
    return {
      measure: `  ${skin} skin: ${name} ${region}`,
      value,
      unit: MEASURES[name].unit,
      bar,
      met: value >= GROUP_SHARE * all,
    };
  });
}

export function landmarkRows(geometry: readonly Geometry[], earlier: Earlier): Row[] {
  const percent = (entries: readonly Geometry[]) => mean(entries.map((entry) => entry.percent));
  const literally = mean(geometry.map((entry) => entry.literally));
  const known = [...new Set(geometry.map(({ person }) => person))].filter((person) => person in earlier);
  const kinds = [...new Set(geometry.map(({ kind }) => kind))];
  return [
    atMost('landmarks of our geometry', percent(geometry), LANDMARK_BAR_PERCENT, '%'),
    { measure: '  without common terms', value: literally, unit: '%' },
    ...(known.length > 0
      ? [
          {
            measure: '  before, without them',
            value: mean(known.map((person) => earlier[person].landmarksPercent)),
            unit: '%',
          },
        ]
      : []),
    ...kinds.map((kind) => ({
      measure: `  of it ${kind}`,
      value: percent(geometry.filter((entry) => entry.kind === kind)),
      unit: '%',
    })),
  ];
}
