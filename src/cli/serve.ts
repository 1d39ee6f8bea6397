import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ConfigName, loadConfig } from '../config.ts';
import { VultusError } from '../errors.ts';
import { findGpu } from '../model/gpu-libraries.ts';
import { PROVIDERS } from '../model/provider-table.ts';
import { isLoopback } from '../server/allowed-hosts.ts';
import { installLastResort } from '../server/last-resort.ts';
import { announce, createLog, type Log } from '../server/log.ts';
import { type RunningServer, startServer } from '../server/start-server.ts';

/** Exit status of a process that a signal ended, by the custom of shells: this and the signal's number. */
const SIGNAL_EXIT_BASE = 128;
/** So long an end in a hurry waits for the last words to peers; engine processes end with this one in any case. */
const LAST_WORDS_MS = 2000;

/** Starts a server and keeps it, until a signal or a mistake of its own ends the process. */
export async function serve(flags: Partial<Record<ConfigName, string>>): Promise<void> {
  const config = loadConfig(flags);
  const log = createLog(config.logLevel);
  announce(log, 'Loading the models and the gallery …');
  const server = await startServer(config, log);
  endOnSignals(server, log, config.drainS);
  endOnFailure(server, log);
  const { provider, processes } = server.info;
  announce(log, `Vultus is ready: ${server.url} (${provider}, engine processes: ${processes})`);
  const gpu = config.provider === 'auto' && provider !== PROVIDERS[0].name ? findGpu() : undefined;
  if (gpu) announce(log, `${gpu.name} could do more: npm run vultus -- providers says what is missing.`);
  if (!config.apiKey && !isLoopback(config.host)) {
    log.warn('Everybody who reaches this address can use it: --api-key asks for a key.');
  }
}

/** The first signal lets running sessions finish; a second one ends the process at once. */
function endOnSignals(server: RunningServer, log: Log, drainS: number): void {
  let signals = 0;
  const end = async (signal: 'SIGINT' | 'SIGTERM') => {
    if (++signals > 1) {
      await Promise.race([server.close(), sleep(LAST_WORDS_MS)]);
      process.exit(SIGNAL_EXIT_BASE + constants.signals[signal]);
      return;
    }
    const { sessionCount } = server;
    if (sessionCount > 0) {
      const sessions = sessionCount === 1 ? 'one session finishes' : `${sessionCount} sessions finish`;
      announce(log, `Shutting down: ${sessions} within ${drainS} s; a second signal ends at once.`);
    }
    await server.drain();
    await server.close();
    if (signals === 1) process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void end(signal));
}

/** Peers are told (`internal`, WebSocket code 1011), then a supervisor may start a server that is whole. */
function endOnFailure(server: RunningServer, log: Log): void {
  const end = async () => {
    await Promise.race([server.close(new VultusError('internal')), sleep(LAST_WORDS_MS)]);
    process.exit(1);
  };
  installLastResort({ log, end: () => void end() });
}
