import { axes, COLOURS, level, type Strip, span, text, timeLine, writePage } from '../plots/canvas.ts';
import type { Recording } from './run-scenario.ts';

const WIDTH = 1400;
const MARGIN = 70;
const STRIP = { left: MARGIN, width: WIDTH - 2 * MARGIN, height: 170 };
const STEP = 240;

/** Bitrate, queue, pictures, quality and lip sync over the time of a scenario; returns the file. */
export function plotRecording({ scenario, startMs, sender, viewer }: Recording): Promise<string> {
  const strip = (index: number, low: number, high: number): Strip => ({
    ...STRIP,
    top: 40 + index * STEP,
    fromS: 0,
    toS: scenario.seconds,
    low,
    high,
  });
  const atS = (atMs: number) => (atMs - startMs) / 1000;
  const sent = sender.map((sample) => ({ ...sample, atS: atS(sample.atMs) }));
  const shown = viewer.map((sample) => ({ ...sample, atS: atS(sample.atMs) }));
  const [rate, queue, pictures, quality, offset] = [
    strip(0, 0, 2200),
    strip(1, 0, 400),
    strip(2, 0, 30),
    strip(3, 10, 51),
    strip(4, -300, 300),
  ];
  const perSecond = shown.slice(5).map((sample, i) => {
    const past = shown[i];
    const frames = sample.frames - past.frames;
    return {
      atS: sample.atS,
      rate: frames / (sample.atS - past.atS),
      qp: frames > 0 ? (sample.qpSum - past.qpSum) / frames : Number.NaN,
    };
  });
  const steps = scenario.steps.map(({ fromS, conditions }, i) => {
    const toS = scenario.steps[i + 1]?.fromS ?? scenario.seconds;
    const kbps = conditions.down ? 0 : (conditions.kbps ?? rate.high);
    return { fromS, toS, kbps };
  });
  const parts = [
    axes(rate, `${scenario.name}: kbit/s of the link (grey), sent (blue), allowed for the picture (red)`),
    timeLine(
      rate,
      steps.flatMap(({ fromS, toS, kbps }) => [
        { atS: fromS, value: kbps },
        { atS: toS, value: kbps },
      ]),
      '#999',
      3,
    ),
    timeLine(
      rate,
      sent.map((s) => ({ atS: s.atS, value: Math.min(rate.high, (s.sentBytes * 8) / 200) })),
      COLOURS[0],
    ),
    timeLine(
      rate,
      sent.map((s) => ({ atS: s.atS, value: s.bitrateKbps })),
      COLOURS[1],
      2.5,
    ),
    axes(queue, 'longest wait in front of the bottleneck, ms'),
    timeLine(
      queue,
      sent.map((s) => ({ atS: s.atS, value: s.queueMs })),
      COLOURS[3],
    ),
    axes(pictures, 'pictures a second, over one second; red: frozen'),
    timeLine(
      pictures,
      perSecond.map((s) => ({ atS: s.atS, value: Math.min(30, s.rate) })),
      COLOURS[2],
    ),
    ...shown.slice(1).flatMap((s, i) => {
      const frozenS = s.frozenS - shown[i].frozenS;
      return frozenS > 0 ? [span(pictures, Math.max(0, s.atS - frozenS), s.atS, COLOURS[1], 0.3)] : [];
    }),
    axes(quality, 'quantiser (down is better; 16 is as good as is worth it)'),
    level(quality, 16, '#999'),
    timeLine(
      quality,
      perSecond.filter(({ qp }) => qp > 0).map((s) => ({ atS: s.atS, value: s.qp })),
      COLOURS[4],
    ),
    axes(offset, 'picture − voice, ms (0: in step)'),
    level(offset, 0, '#999'),
    timeLine(
      offset,
      shown
        .filter(({ voiceMs, pictureMs }) => voiceMs > 0 && pictureMs > 0)
        .map((s) => ({ atS: s.atS, value: Math.max(-300, Math.min(300, s.voiceMs - s.pictureMs)) })),
      COLOURS[5],
    ),
    text(MARGIN, 5 * STEP + 20, 'A real browser behind an emulated link.', { size: 11, fill: '#666' }),
  ];
  return writePage(`network-${scenario.name.replace(/\W+/g, '-')}`, WIDTH, 5 * STEP + 40, parts);
}
