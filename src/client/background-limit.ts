import { VultusClientError } from './client-error.ts';

/** Of a message, around its text. */
const ENVELOPE_BYTES = 64;

/** @throws VultusClientError `background_too_large` where it does not go in one message of the route */
export function assertBackgroundFits(background: string, largestMessageBytes: number): void {
  if (background.length <= largestMessageBytes - ENVELOPE_BYTES) return;
  throw new VultusClientError(
    'background_too_large',
    `This route carries at most ${largestMessageBytes} bytes in one message; take a smaller picture.`,
  );
}
