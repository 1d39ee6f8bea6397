/** Opens a network that looks at portraits; each runs on one core, for portraits are analysed beside live sessions. */
import { basename } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { VultusError } from '../errors.ts';

/** @throws VultusError `pack_invalid` */
export async function openAnalysisNetwork(file: string): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(file, { intraOpNumThreads: 1 });
  } catch (cause) {
    throw new VultusError('pack_invalid', `${basename(file)} cannot be loaded`, { cause });
  }
}
