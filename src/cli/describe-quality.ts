/** The quality report of a portrait as lines of text. */
import type { PortraitMeasures, PortraitQuality } from '../contract/portrait-quality.ts';

export function describeQuality({ summary, findings, measures }: PortraitQuality): string {
  const lines = findings.map(({ code, severity, sentence }) => {
    return `${severity === 'major' ? '!' : '-'} ${sentence} (${code})`;
  });
  return [summary, ...lines, ...numbers(measures)].join('\n');
}

function numbers(m: PortraitMeasures): string[] {
  const percent = (share: number) => `${Math.round(100 * share)} %`;
  return [
    `  face ${m.faceWidthPixels} × ${m.faceHeightPixels} pixels, fine detail ${percent(m.detail)}`,
    `  head turned ${m.yawDegrees}°, lowered ${m.pitchDegrees}°, tilted ${m.rollDegrees}°`,
    `  mouth open ${percent(m.mouthOpening)} of its width, smile ${percent(m.smile)}`,
    `  brightness ${percent(m.brightness)}, contrast ${percent(m.contrast)}, cheeks differ by ${percent(m.lightDifference)}`,
    `  covered: mouth ${percent(m.mouthCovered)}, lower face ${percent(m.lowerFaceCovered)}, forehead ${percent(m.foreheadCovered)}; glasses ${percent(m.glasses)}`,
    `  background ${percent(m.backgroundShare)} of the view, head cut off over ${percent(m.headCutOff)} of the face's width`,
  ];
}
