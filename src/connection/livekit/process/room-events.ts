import type { EventEmitter } from 'node:events';
import type { Room } from '@livekit/rtc-node';

/** `call`: somebody opens a stream or calls a method of ours, of whatever name; `change`: all else. */
export type RoomEventKind = 'change' | 'call';

interface FfiEvent {
  message: {
    case?: string;
    value: { roomHandle?: bigint; localParticipantHandle?: bigint; message?: { case?: string } };
  };
}
/** What @livekit/rtc-node 1.1 keeps to itself. */
interface Inside {
  ffiHandle?: { handle: bigint };
  localParticipant?: { ffi_handle: { handle: bigint } };
}
const STREAMS: readonly (string | undefined)[] = ['byteStreamOpened', 'textStreamOpened'];

/**
 * Hears of everything that is decoded on this thread because of a room, also of what the client throws away by itself:
 * streams of other topics, calls of methods that are not there, changes of participants and their tracks.
 * @returns what ends it
 */
export function onRoomEvents(room: Room, listener: (kind: RoomEventKind) => void): () => void {
  const inside = room as unknown as Inside;
  const client = (globalThis as { _ffiClientInstance?: EventEmitter })._ffiClientInstance;
  const hear = ({ message: { case: name, value } }: FfiEvent) => {
    if (name === 'rpcMethodInvocation') {
      if (value.localParticipantHandle === inside.localParticipant?.ffi_handle.handle) listener('call');
    } else if (name === 'roomEvent' && value.roomHandle === inside.ffiHandle?.handle)
      listener(STREAMS.includes(value.message?.case) ? 'call' : 'change');
  };
  client?.on('ffi_event', hear);
  return () => client?.off('ffi_event', hear);
}
