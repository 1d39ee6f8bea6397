import { type ClientMessage, parseClientMessage } from '../contract/wire.ts';
import { VultusError } from '../errors.ts';

/** Names of unknown keys are the peer's own, as long as it likes. */
const LONGEST_DETAIL = 200;

/** What a viewer may send. */
export const FOR_VIEWERS: readonly ClientMessage['type'][] = ['hello', 'draw', 'keyframe', 'ping'];
/** What is joined with others of its kind, or stands by itself; all else comes after what was said before it. */
export const UNORDERED: readonly ClientMessage['type'][] = [
  'audio',
  'control',
  'motion',
  'user.face',
  'ping',
];

/** @throws VultusError `invalid_message` with the first thing that is wrong */
export function readMessage(data: Uint8Array): ClientMessage {
  try {
    return parseClientMessage(data);
  } catch (cause) {
    throw new VultusError('invalid_message', firstIssue(cause).slice(0, LONGEST_DETAIL), { cause });
  }
}

function firstIssue(cause: unknown): string {
  const [issue] = (cause as { issues?: { path: PropertyKey[]; message: string }[] }).issues ?? [];
  return issue ? `${issue.path.join('.') || 'message'}: ${issue.message}` : 'not a MessagePack map';
}
