/**
 * An engine process: it runs the live sessions that the server gives it, with graphs of its own, and lives exactly
 * as long as the server wants it to.
 */

// Whoever stops the server, by the keyboard or as a service, signals its whole group: what runs is to finish first.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});
// The server has ended, in whatever way.
process.once('disconnect', () => process.exit());

process.title = 'vultus-engine';

// All else comes after: it takes time to load.
const { serveSessions } = await import('./serve-sessions.ts');
await serveSessions();
