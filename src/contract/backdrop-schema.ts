/** A `Backdrop` as a caller says it. */
import { z } from 'zod';

/** Of a background: little enough, as a message, for every route that carries megabytes. */
const MAX_BACKGROUND_CHARACTERS = 900_000;

/** A background in words. With `matte` pictures are twice as high, so a session keeps it, or never has it. */
export const backgroundSchema = z
  .string()
  .max(MAX_BACKGROUND_CHARACTERS)
  .describe(
    'keep (default), blur, #rrggbb, a PNG, JPEG, WebP or AVIF as a data URL, or matte: pictures twice as high, above the person over black, below the matte in grey, for overlays',
  );
