import type { DialPolicy } from '../connection/dial-policy.ts';
import { dialRequest, pointedTo, readAnswer } from '../connection/dial-request.ts';
import { VultusError } from '../errors.ts';
import { MAX_IMAGE_FILE_BYTES } from '../image/image-file.ts';

const MOST_REDIRECTS = 3;
const PATIENCE_MS = 10_000;

/**
 * A picture from its address (http, https), as far as the policy allows: every address is looked at before it is
 * dialled, those that others redirect to as well.
 * @throws VultusError `address_not_allowed`, `address_unknown`, `portrait_unreachable`, `portrait_too_many_bytes`
 */
export async function fetchPortrait(
  url: string,
  policy: DialPolicy,
  { patienceMs = PATIENCE_MS, signal }: { patienceMs?: number; signal?: AbortSignal } = {},
): Promise<Buffer> {
  const patience = AbortSignal.timeout(patienceMs);
  const given = signal ? AbortSignal.any([patience, signal]) : patience;
  try {
    let next = url;
    for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
      const answer = await dialRequest(next, policy, { headers: { accept: 'image/*' }, signal: given });
      const { statusCode = 0, headers } = answer;
      if (statusCode >= 300 && statusCode < 400 && headers.location) {
        answer.destroy();
        const to = pointedTo(next, headers.location);
        if (to === undefined) throw new VultusError('portrait_unreachable', 'redirected from https to http');
        next = to;
      } else if (statusCode === 200) {
        const tooLong = () => new VultusError('portrait_too_many_bytes');
        return await readAnswer(answer, MAX_IMAGE_FILE_BYTES, tooLong);
      } else {
        answer.destroy();
        throw new VultusError('portrait_unreachable', `answered with status ${statusCode}`);
      }
    }
    throw new VultusError('portrait_unreachable', `redirected more than ${MOST_REDIRECTS} times`);
  } catch (cause) {
    if (cause instanceof VultusError) throw cause;
    throw new VultusError('portrait_unreachable', patience.aborted ? 'too slow' : 'no answer', { cause });
  }
}
