import type { DrawnEye, DrawnFace } from '../../../../face/drawn-face.ts';

/** The lines of a drawn eye that it is taken apart by. View fractions. */
export type LinesOfEye = Omit<DrawnEye, 'certainty'>;

/** The lines of a drawn face that its eyes and mouth are taken apart by. View fractions. */
export interface DrawnLines {
  eyes: Readonly<Record<'left' | 'right', LinesOfEye>>;
  mouth: Omit<DrawnFace['mouth'], 'certainty'>;
  faceLine: Pick<DrawnFace['faceLine'], 'line'>;
}
