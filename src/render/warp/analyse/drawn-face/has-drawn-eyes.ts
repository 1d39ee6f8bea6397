/** Whether a face that the networks for people found, too, is a drawing's by eyes that no person has. In doubt it is a person. */
import type { DrawnFace } from '../../../../face/drawn-face.ts';

/** What is less certain says nothing. */
const CERTAIN = { eyes: 0.905, mouth: 0.905 } as const;
/**
 * In eye distances: height of the opening, and half that of the iris. Drawings with large eyes have 0.33 to 0.47 and 0.186
 * to 0.25; of 45 photographed, rendered and painted people none that is as certain has more than 0.27 and 0.15.
 */
const LARGE_EYES = { height: 0.32, iris: 0.18 } as const;
/** Of those that were cut out before, which drawings for streams are, this is enough. */
const LARGE_EYES_CUT_OUT = { height: 0.22, iris: 0.11 } as const;

/** `cutOut`: whether the picture has no ground of its own. */
export function hasDrawnEyes({ eyes, mouth, eyeDistance }: DrawnFace, cutOut: boolean): boolean {
  const least = cutOut ? LARGE_EYES_CUT_OUT : LARGE_EYES;
  if (mouth.certainty < CERTAIN.mouth) return false;
  return Object.values(eyes).every(({ upperLid, lowerLid, iris, certainty }) => {
    const [upper, lower] = [upperLid[2], lowerLid[2]];
    const height = Math.hypot(lower[0] - upper[0], lower[1] - upper[1]);
    return (
      certainty > CERTAIN.eyes &&
      height > least.height * eyeDistance &&
      iris.radiusY > least.iris * eyeDistance
    );
  });
}
