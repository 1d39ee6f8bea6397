/** An engine process: it runs the live sessions that the server gives it, with graphs of its own. */
import { belongToParent } from '../../child-process.ts';

belongToParent('vultus-engine');

// All else comes after: it takes time to load.
const { serveSessions } = await import('./serve-sessions.ts');
await serveSessions();
