import { DialPolicy } from '../../dial-policy.ts';
import type { FromRooms, RoomEvent, ToRooms } from '../room-messages.ts';
import { startDialProxy, useProxy } from './dial-proxy.ts';
import { JoinedRoom } from './joined-room.ts';

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
    const message: FromRooms = { room, event };
    if (process.connected) process.send!(message);
  };
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
      case 'notice':
        room?.notify(message.id, message.notice);
        break;
    }
  });
  return leaveAll;
}

async function prepare(policy: DialPolicy): Promise<DialPolicy> {
  useProxy(await startDialProxy(policy));
  return policy;
}
