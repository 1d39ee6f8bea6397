/** Where a person says that a portrait's face is, when none is found or the wrong one. */
export const FACE_POINT_NAMES = ['rightEye', 'leftEye', 'mouthRight', 'mouthLeft', 'chin'] as const;
export type FacePointName = (typeof FACE_POINT_NAMES)[number];

/** Fractions of the picture as it is seen upright: x of its width, y of its height. "Right" is the character's own. */
export type FacePoints = Readonly<Record<FacePointName, readonly [x: number, y: number]>>;

/** Which face of a portrait becomes the avatar. */
export interface FaceChoice {
  /** Among several, largest first. */
  faceIndex?: number;
  /** None is looked for then. */
  points?: FacePoints;
}

/** `text`: ten numbers with commas between, in the order of FACE_POINT_NAMES, x and y of each. */
export function parseFacePoints(text: string): FacePoints {
  const values = text.split(',').map(Number);
  return Object.fromEntries(
    FACE_POINT_NAMES.map((name, i) => [name, [values[2 * i], values[2 * i + 1]]]),
  ) as unknown as FacePoints;
}

export function serializeFacePoints(points: FacePoints): string {
  return FACE_POINT_NAMES.flatMap((name) =>
    points[name].map((value) => String(Number(value.toFixed(5)))),
  ).join(',');
}
