import { DialPolicy } from '../../dial-policy.ts';
import type { FromRooms, RoomEvent, ToRooms } from '../room-messages.ts';
import { startDialProxy, useProxy } from './dial-proxy.ts';
import { JoinedRoom } from './joined-room.ts';

/** Not more than one is told of in so long. */
const FAULT_INTERVAL_MS = 1000;

/** Joins and leaves rooms as the server says. @returns what leaves all of them */
export function serveRooms(): () => Promise<void> {
  const rooms = new Map<number, JoinedRoom>();
  const farewells = new Set<Promise<void>>();
  const farewell = (leaving: Promise<void>) => {
    farewells.add(leaving);
    void leaving.finally(() => farewells.delete(leaving));
  };
  const leaveAll = async () => {
    for (const room of rooms.values()) farewell(room.leave());
    await Promise.all(farewells);
  };
  let ready: Promise<DialPolicy> | undefined;
  const tell = (room: number, event: RoomEvent) => {
    sendToServer({ type: 'event', room, event });
  };
  reportFaults();
  process.on('message', (message: ToRooms) => {
    if (message.type === 'rules') {
      ready = prepare(new DialPolicy(message.rules));
      return;
    }
    if (message.type === 'join') {
      const { room, request } = message;
      const joined = new JoinedRoom(request, (event) => {
        if (event.type === 'left') rooms.delete(room);
        tell(room, event);
      });
      rooms.set(room, joined);
      void ready!.then((policy) => joined.join(policy));
      return;
    }
    if (message.type === 'end') {
      void leaveAll().then(() => process.exit());
      return;
    }
    const room = rooms.get(message.room);
    switch (message.type) {
      case 'leave':
        rooms.delete(message.room);
        if (room) farewell(room.leave());
        break;
      case 'picture':
        room?.show(message);
        break;
      case 'voice':
        room?.play(message);
        break;
      case 'cleared':
        room?.cleared();
        break;
      case 'notice':
        room?.notify(message.id, message.notice);
        break;
    }
  });
  return leaveAll;
}

function sendToServer(message: FromRooms): void {
  if (process.connected) process.send!(message);
}

/**
 * LiveKit's client throws in listeners of its own, for instance where a participant goes at the wrong moment: that is no
 * reason to leave all rooms. What goes wrong in native code still ends the process.
 */
function reportFaults(): void {
  let lastMs = Number.NEGATIVE_INFINITY;
  const report = (cause: unknown) => {
    const nowMs = performance.now();
    if (nowMs - lastMs < FAULT_INTERVAL_MS) return;
    lastMs = nowMs;
    sendToServer({ type: 'fault', detail: String((cause as Error)?.stack ?? cause).slice(0, 1000) });
  };
  process.on('uncaughtException', report).on('unhandledRejection', report);
}

async function prepare(policy: DialPolicy): Promise<DialPolicy> {
  useProxy(await startDialProxy(policy));
  return policy;
}
