/** Judges a portrait by its measures: what will limit the avatar. */
import type { Finding, PortraitMeasures, PortraitQuality } from '../contract/portrait-quality.ts';

/** Side of the picture that sessions show unless asked otherwise. */
const USUAL_PICTURE_PIXELS = 512;
/** The face of the mesh looks down by this much in portraits that look straight ahead (median of 22). */
const LEVEL_PITCH_DEGREES = 5;

/**
 * Thresholds were set on 24 portraits and the six of the gallery, against what their contact sheets show.
 * `faceHeight`: forehead to chin as a share of the view.
 */
export function judgePortrait(measures: PortraitMeasures, faceHeight: number): PortraitQuality {
  const findings: Finding[] = [];
  const find = (code: Finding['code'], value: number, minor: number, major: number, sentence: string) => {
    if (value >= minor) findings.push({ code, severity: value >= major ? 'major' : 'minor', sentence });
  };
  const m = measures;
  const shownPixels = Math.round(faceHeight * USUAL_PICTURE_PIXELS);
  const percent = (share: number) => `${Math.round(100 * share)} %`;
  const nod = m.pitchDegrees - LEVEL_PITCH_DEGREES;

  find(
    'face_small',
    shownPixels / m.faceHeightPixels,
    1.15,
    1.7,
    `The face is only ${m.faceHeightPixels} pixels high and will be shown at about ${shownPixels}: the picture will be soft.`,
  );
  find(
    'face_turned',
    Math.abs(m.yawDegrees),
    12,
    22,
    `The head is turned by ${Math.abs(m.yawDegrees)}°: the far side of the face will look stretched.`,
  );
  find(
    'face_nodding',
    Math.abs(nod),
    10,
    18,
    `The head ${nod > 0 ? 'is lowered' : 'is raised'} by about ${Math.abs(nod)}°: nodding will look flat.`,
  );
  find(
    'face_tilted',
    Math.abs(m.rollDegrees),
    10,
    20,
    `The head is tilted by ${Math.abs(m.rollDegrees)}°: the avatar will hold it so${Math.abs(m.rollDegrees) < 30 ? '' : '; turn the picture until it is upright'}.`,
  );
  find(
    'mouth_open',
    m.mouthOpening,
    0.09,
    0.22,
    `The mouth is open (${percent(m.mouthOpening)} of its width): so it rests; it is shut by warping, which changes the lips.`,
  );
  find(
    'broad_smile',
    m.smile,
    0.55,
    0.85,
    `The portrait smiles (${percent(m.smile)} of a broad smile): so does the avatar, and other moods look milder.`,
  );
  find(
    'blurred',
    0.07 / Math.max(1e-3, m.detail),
    1,
    1.8,
    `The face shows little fine detail (${percent(m.detail)} of its variation): it looks blurred or painted over.`,
  );
  find(
    'dark',
    // Dark skin alone is no dark picture: where there is contrast, eyes and lips are seen.
    1 - Math.max(m.brightness, m.contrast),
    0.8,
    0.87,
    `The face is dark (${percent(m.brightness)} of full brightness): eyes and lips will be hard to see.`,
  );
  find(
    'overexposed',
    m.brightness,
    0.92,
    0.97,
    `The face is very bright (${percent(m.brightness)} of full brightness): it has lost its modelling.`,
  );
  find(
    'low_contrast',
    1 - m.contrast,
    0.75,
    0.85,
    `The face has little contrast (${percent(m.contrast)}): its features may be placed less exactly.`,
  );
  find(
    'uneven_light',
    m.lightDifference,
    0.4,
    0.65,
    `One side of the face has ${percent(m.lightDifference)} less light: the shadow will turn with the head.`,
  );
  find(
    'mouth_covered',
    m.mouthCovered,
    0.3,
    0.5,
    m.mouthCovered === 1
      ? 'No lips are seen where the mouth should be (a mask, a hand?): it stays shut while the avatar speaks.'
      : 'Something seems to hide a part of the mouth (a hand, a microphone, a cup?): it will move with the lips, and they will be hard to read.',
  );
  find(
    'lower_face_covered',
    m.lowerFaceCovered,
    0.25,
    2,
    `About ${percent(m.lowerFaceCovered)} of the face below the lips is no bare skin (a beard, a hand?): it will move with the jaw.`,
  );
  find(
    'forehead_covered',
    m.foreheadCovered,
    0.35,
    0.85,
    `About ${percent(m.foreheadCovered)} of the forehead is covered (hair, a hat?): it will move with the brows.`,
  );
  find('glasses', m.glasses, 0.5, 2, 'Glasses: the brows move less, so that the frames stay straight.');
  find(
    'little_background',
    1 - m.backgroundShare,
    0.7,
    0.9,
    `Only ${percent(m.backgroundShare)} of the view is background: what turning the head uncovers is filled in.`,
  );
  find(
    'head_cut_off',
    m.headCutOff,
    0.1,
    0.8,
    'The upper edge cuts the head off: nodding shows hair that is made up, and the avatar steps back less.',
  );
  find(
    'picture_turned',
    m.turnedDegrees,
    1,
    360,
    `The picture lay turned by ${m.turnedDegrees}° clockwise: it was turned upright.`,
  );
  find(
    'file_cut_off',
    Number(m.fileCutOff),
    1,
    2,
    m.rowsMissing > 0
      ? `The file is cut off: ${percent(m.rowsMissing)} of the picture is missing at its end, and left out.`
      : 'The file is cut off: the picture may lack its finest detail.',
  );
  find(
    'frame_removed',
    m.frame,
    0.001,
    2,
    `A frame around the person (${percent(m.frame)} of the picture) was left out, and round corners filled.`,
  );
  find(
    'drawn_face_unsure',
    1 - (m.drawnCertainty ?? 1),
    0.25,
    0.55,
    `It was found as a drawn face, with ${percent(m.drawnCertainty ?? 1)} certainty: eyes and mouth may lie a little off; they can be set by hand.`,
  );
  findings.sort((a, b) => Number(b.severity === 'major') - Number(a.severity === 'major'));
  return { ...verdictOf(findings), findings, measures };
}

function verdictOf(findings: readonly Finding[]): Pick<PortraitQuality, 'verdict' | 'summary'> {
  const majors = findings.filter(({ severity }) => severity === 'major').length;
  if (majors >= 2) {
    return { verdict: 'poor', summary: 'This portrait will speak, but another one will look much better.' };
  }
  if (majors === 1 || findings.length >= 3) {
    return { verdict: 'fair', summary: 'This portrait will work, within limits.' };
  }
  return { verdict: 'good', summary: 'This portrait will work well.' };
}
