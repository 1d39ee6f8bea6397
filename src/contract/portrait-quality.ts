/** The quality report of a portrait: what will limit the avatar, in words and numbers. */
import { z } from 'zod';

const unit = z.number().min(0);
export const measuresSchema = z.object({
  faceHeightPixels: unit.describe("Forehead to chin, in pixels of the portrait's file"),
  faceWidthPixels: unit.describe("Ear to ear, in pixels of the portrait's file"),
  yawDegrees: z.number().describe("Turn of the head, + to the portrait's own left"),
  pitchDegrees: z.number().describe('Nod of the head, + downwards'),
  rollDegrees: z.number().describe('Tilt of the head'),
  mouthOpening: unit.describe("Distance of the lips over the mouth's width"),
  smile: unit.max(1).describe('0 none … 1 broad'),
  detail: unit.describe('Share of the variation around eyes and mouth in its finest detail'),
  brightness: unit.max(1).describe('Brightness of the skin, 0 black … 1 white'),
  contrast: unit.max(1).describe('Between the darkest and the brightest parts of the face'),
  lightDifference: unit.max(1).describe('How much the darker cheek lacks of the light of the brighter one'),
  mouthCovered: unit
    .max(1)
    .describe(
      'Guess at how much of the lips something hides, from how unlike their halves are; 1: none are seen, and the mouth stays shut',
    ),
  lowerFaceCovered: unit.max(1).describe('Guess at the share below the lips that is not skin'),
  foreheadCovered: unit.max(1).describe('Guess at the share above the brows that is not skin'),
  glasses: unit.max(1).describe('Likelihood of glasses'),
  backgroundShare: unit.max(1).describe('Share of the view that is not the person'),
  headCutOff: unit.describe('Width of the head where the upper edge cuts it off, in face widths'),
  // Reports that were written before these were measured lack them.
  turnedDegrees: unit
    .max(270)
    .default(0)
    .describe('By how much the portrait lay turned, clockwise; it was turned back'),
  fileCutOff: z.boolean().default(false).describe('Whether the file lacks its end'),
  rowsMissing: unit.max(1).default(0).describe('Share of the rows that are missing for that'),
  frame: unit.max(1).default(0).describe('Share of the picture that was a frame: left out, or filled'),
  drawnCertainty: unit
    .max(1)
    .optional()
    .describe(
      'How certain the lines of a drawn face are, 0.5 where they were set by hand; absent in other faces',
    ),
});
export type PortraitMeasures = z.infer<typeof measuresSchema>;

export const FINDING_CODES = [
  'face_small',
  'face_turned',
  'face_nodding',
  'face_tilted',
  'mouth_open',
  'broad_smile',
  'blurred',
  'dark',
  'overexposed',
  'low_contrast',
  'uneven_light',
  'mouth_covered',
  'lower_face_covered',
  'forehead_covered',
  'glasses',
  'little_background',
  'head_cut_off',
  'picture_turned',
  'file_cut_off',
  'frame_removed',
  'drawn_face_unsure',
] as const;

export const qualitySchema = z
  .object({
    verdict: z.enum(['good', 'fair', 'poor']),
    summary: z.string().describe('The verdict as a sentence'),
    findings: z
      .array(
        z.object({
          code: z.enum(FINDING_CODES),
          severity: z.enum(['minor', 'major']),
          sentence: z.string().describe('What was found, with its number, and what it means for the avatar'),
        }),
      )
      .describe('What will limit the avatar, worst first; empty where nothing will'),
    measures: measuresSchema,
  })
  .describe('What will limit the avatar that a portrait gives');
export type PortraitQuality = z.infer<typeof qualitySchema>;
export type Finding = PortraitQuality['findings'][number];
