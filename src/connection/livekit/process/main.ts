/** The process that sits in LiveKit's rooms: what crashes in native code there ends it, and not the server. */
import { belongToParent } from '../../../child-process.ts';

belongToParent('vultus-livekit');

// All else comes after: it takes time to load.
const { serveRooms } = await import('./serve-rooms.ts');
serveRooms();
