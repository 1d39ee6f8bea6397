import { expect, it } from 'vitest';
import { flameGraph } from '../../../bench/plots/flame-graph.ts';

const node = (id: number, functionName: string, url: string, children: number[] = []) => ({
  id,
  callFrame: { functionName, url },
  children,
});

it('draws what was called as wide as the time that it took, all calls of a function together', () => {
  const svg = flameGraph({
    nodes: [
      node(1, '(root)', '', [2, 5, 6]),
      node(2, 'draw', 'file:///src/render/avatar.ts', [3, 4]),
      node(3, '', 'file:///src/render/a<b.ts'),
      node(4, '(garbage collector)', ''),
      node(5, 'draw', 'file:///src/render/avatar.ts'),
      node(6, '(idle)', ''),
    ],
    samples: [2, 3, 4, 5, 6],
    timeDeltas: [1000, 4000, 1000, 2000, 90_000],
  });
  const shown = [...svg.matchAll(/<title>(.*?)<\/title><rect x="([\d.]+)" y="(-\d+)" width="([\d.]+)"/g)].map(
    ([, title, x, y, width]) => [title, x, y, width],
  );
  expect(shown).toEqual([
    ['(root): 8.0 ms, 100.0 %', '0.0', '-17', '1400.0'],
    ['draw render/avatar.ts: 8.0 ms, 100.0 %', '0.0', '-34', '1400.0'],
    ['(anonymous) render/a&lt;b.ts: 4.0 ms, 50.0 %', '0.0', '-51', '700.0'],
    ['(garbage collector): 1.0 ms, 12.5 %', '700.0', '-51', '175.0'],
  ]);
});
