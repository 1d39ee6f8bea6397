import { expect, it } from 'vitest';
import { z } from 'zod';
import { type FormatChoice, formatFields, formatProblem } from '../../src/contract/format-choice.ts';

const schema = z.strictObject(formatFields);
const isFormat = (choice: FormatChoice) =>
  schema.safeParse(choice).success && formatProblem(choice) === undefined;

it.each<FormatChoice>([
  {},
  { size: 512 },
  { size: 1080 },
  { width: 1080, height: 1920 },
  { width: 1920, height: 1080, fit: 'head' },
  { width: 256, height: 640 },
  { width: 1920, height: 768 },
  { size: 256, fit: 'shoulders' },
  { fit: 'head' },
])('%j is a format', (choice) => {
  expect(isFormat(choice)).toBe(true);
});

it.each([
  { size: 500 },
  { size: 1088 },
  { size: 240 },
  { width: 512 },
  { height: 512 },
  { size: 512, width: 512, height: 512 },
  { size: 512, height: 512 },
  { width: 1920, height: 1088 },
  { width: 1936, height: 1080 },
  { width: 256, height: 1920 },
  { width: 1920, height: 752 },
  { width: 1000, height: 512 },
  { width: 512.5, height: 512 },
  { fit: 'feet' },
])('%j is none', (choice) => {
  expect(isFormat(choice as FormatChoice)).toBe(false);
});
