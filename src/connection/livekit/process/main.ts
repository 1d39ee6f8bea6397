/** The process that sits in LiveKit's rooms: what crashes in native code there ends it, and not the server. */
import { belongToParent } from '../../../child-process.ts';

let leaveAll = async () => {};
// Whoever is in the rooms learns at once that the avatar has gone, not after LiveKit's time-outs, and asks for another.
belongToParent('vultus-livekit', () => leaveAll());

// All else comes after: it takes time to load.
const { serveRooms } = await import('./serve-rooms.ts');
leaveAll = serveRooms();
