/** What the server and an engine process tell each other, beside what is meant for one session. */
import type { ErrorCode } from '../contract/error-codes.ts';
import type { ProviderChoice } from '../model/provider-table.ts';
import type { FromSession, SessionOpening, ToSession } from './messages.ts';
import type { NodeInfo, NodeLoad } from './node.ts';

/** What an engine process is started with. */
export interface ProcessSettings {
  packDirectory: string;
  provider: ProviderChoice;
  /** CPU threads for one operator of a graph. */
  threads: number;
  /** Where TensorRT keeps its engines; without, it builds them anew. */
  cacheDir?: string;
}

export type ToProcess =
  /** The first message. */
  | { type: 'start'; settings: ProcessSettings }
  | { type: 'open'; session: string; opening: SessionOpening }
  | { type: 'command'; session: string; command: ToSession }
  | { type: 'stop' };

export type FromProcess =
  /** Before each part of the start. `buildsEngines`: the first time it may take minutes. */
  | { type: 'loading'; part: string; buildsEngines: boolean }
  | { type: 'started'; info: NodeInfo }
  /** Its last message. */
  | { type: 'failed'; code: ErrorCode; detail: string | undefined }
  | { type: 'load'; load: NodeLoad }
  /** All that was said at one look at the clock: a message costs more than what is in it. */
  | { type: 'sessions'; said: Said[] };

/** What is said of one session. */
export interface Said {
  session: string;
  message: FromSession;
}

/** A message on its way between two processes of one machine. */
export interface Stamped<Message> {
  message: Message;
  sentMs: number;
}

export function stamp<Message>(message: Message): Stamped<Message> {
  return { message, sentMs: machineClockMs() };
}

/** How long it was on its way, waiting for a busy reader included. */
export function transitMs({ sentMs }: Stamped<unknown>): number {
  return Math.max(0, machineClockMs() - sentMs);
}

/** The monotonic clock of the machine, which `hrtime` reads in every process alike. */
function machineClockMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
