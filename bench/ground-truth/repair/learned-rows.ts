/** The picture with the learned part (repair.ts) against the picture without, region by region. */
import type { Row } from '../../report.ts';
import { mean, quantile } from '../../statistics.ts';
import { psnr, type Region } from '../picture-measures.ts';
import type { Measured, Score } from '../score.ts';

const REPAIRED: readonly Region[] = ['mouth', 'eyes', 'edge'];

export function learnedRows({ scores, repairMs }: Measured): Row[] {
  const rows = REPAIRED.flatMap((region) => [
    compared(scores, `PSNR ${region}`, ({ error }) => psnr(error[region]), 2, 'dB'),
    compared(scores, `SSIM ${region}`, ({ similarity }) => similarity[region], 4),
    compared(scores, `detail ${region}, share of the truth's`, ({ detail }) => detail[region], 3),
  ]);
  return [
    ...rows,
    { measure: 'learned part: processor time, median', value: quantile(repairMs, 0.5), unit: 'ms' },
  ];
}

function compared(
  scores: readonly Score[],
  measure: string,
  of: (score: Score) => number,
  digits: number,
  unit = '',
): Row {
  const [without, value] = (['ours', 'repaired'] as const).map((method) =>
    mean(scores.filter((score) => score.method === method).map(of)),
  );
  return {
    measure: `learned part: ${measure}`,
    value,
    unit,
    bar: `> without it ${without.toFixed(digits)}`,
    met: value > without,
  };
}
