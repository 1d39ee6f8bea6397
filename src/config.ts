/**
 * The configuration of a server: one table of options, each with its command-line flag and its environment
 * variable. A flag wins over the environment, the environment over the default.
 */
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import {
  dialRules,
  iceServers,
  list,
  liveKitUrl,
  logLevel,
  networks,
  portRange,
  vmcInputs,
  wholeNumber,
} from './config-values.ts';
import { PUBLIC } from './connection/dial-policy.ts';
import { VultusError } from './errors.ts';
import { BUILTIN_PACK } from './model/pack.ts';

/** Root folder of the project. */
export const ROOT = resolve(fileURLToPath(import.meta.url), '../..');

const fields = z.strictObject({
  host: z.string().min(1).default('localhost'),
  port: wholeNumber(0, 65535).default(8080),
  apiKey: z.string().min(8, 'at least 8 characters').optional(),
  corsOrigins: list.default([]),
  allowedHosts: list.default([]),
  cacheDir: z
    .string()
    .min(1)
    .transform((path) => resolve(path))
    .prefault(() =>
      process.env.XDG_CACHE_HOME ? join(process.env.XDG_CACHE_HOME, 'vultus') : join('.cache', 'vultus'),
    ),
  pack: z
    .string()
    .min(1)
    .transform((path) => resolve(path))
    .prefault(() => BUILTIN_PACK),
  provider: z.enum(['auto', 'tensorrt', 'cuda', 'cpu']).default('auto'),
  workers: wholeNumber(1, 256).default(() => availableParallelism()),
  threads: wholeNumber(1, 64).default(1),
  maxSessions: wholeNumber(1, 10_000).default(1000),
  maxViewers: wholeNumber(0, 1000).default(8),
  maxSize: wholeNumber(256, 1920).default(1920),
  maxFps: wholeNumber(25, 60).default(60),
  joinTimeoutS: wholeNumber(1, 86_400).default(10),
  maxAvatars: wholeNumber(0, 1_000_000).default(1000),
  idleTimeoutS: wholeNumber(1, 86_400).default(60),
  sessionsPerMinute: wholeNumber(0, 1_000_000).default(30),
  uploadsPerMinute: wholeNumber(0, 1_000_000).default(30),
  offersPerMinute: wholeNumber(0, 1_000_000).default(60),
  trustProxy: networks.default([]),
  livekit: liveKitUrl.optional(),
  agentName: z.string().min(1).max(128).default('vultus'),
  livekitApiKey: z.string().min(1).optional(),
  livekitApiSecret: z.string().min(1).optional(),
  livekitHosts: dialRules.default([PUBLIC]),
  portraitHosts: dialRules.default([PUBLIC]),
  pushHosts: dialRules.default([PUBLIC]),
  vmcIn: vmcInputs.default([]),
  drainS: wholeNumber(0, 86_400).default(30),
  iceServers: iceServers.default([]),
  publicHost: z.string().min(1).optional(),
  udpPorts: portRange.optional(),
  logLevel: logLevel.default('info'),
});

const schema = fields.superRefine(({ livekit, livekitApiKey, livekitApiSecret }, { addIssue }) => {
  const missing = livekitApiKey ? 'livekitApiSecret' : 'livekitApiKey';
  if (livekit && !(livekitApiKey && livekitApiSecret))
    addIssue({ code: 'custom', path: [missing], message: 'is needed for --livekit' });
});

export type Config = z.output<typeof schema>;
export type ConfigName = keyof Config;

interface ConfigOption {
  readonly flag: string;
  readonly env: string;
  readonly help: string;
}

/** How each field of `Config` is given on the command line and in the environment. */
export const CONFIG_OPTIONS: Readonly<Record<ConfigName, ConfigOption>> = Object.freeze({
  host: {
    flag: '--host <address>',
    env: 'VULTUS_HOST',
    help: 'address to listen on; 0.0.0.0 opens the server to the network (default: localhost)',
  },
  port: { flag: '--port <number>', env: 'VULTUS_PORT', help: 'HTTP and WebSocket port (default: 8080)' },
  apiKey: {
    flag: '--api-key <key>',
    env: 'VULTUS_API_KEY',
    help: 'ask for this key, of 8 characters or more, as a bearer token on /v1 (default: none)',
  },
  corsOrigins: {
    flag: '--cors-origins <origins>',
    env: 'VULTUS_CORS_ORIGINS',
    help: 'origins of pages that may use the API, with commas; * for all (default: only its own)',
  },
  allowedHosts: {
    flag: '--allowed-hosts <names>',
    env: 'VULTUS_ALLOWED_HOSTS',
    help: 'host names that requests may be for beside this machine, with commas (default: any; on localhost without a key: none)',
  },
  cacheDir: {
    flag: '--cache-dir <folder>',
    env: 'VULTUS_CACHE_DIR',
    help: 'where avatars and GPU engines are kept (default: $XDG_CACHE_HOME/vultus, else .cache/vultus)',
  },
  pack: { flag: '--pack <folder>', env: 'VULTUS_PACK', help: 'model pack (default: the built-in one)' },
  provider: {
    flag: '--provider <name>',
    env: 'VULTUS_PROVIDER',
    help: 'execution provider: auto, tensorrt, cuda or cpu (default: auto)',
  },
  workers: {
    flag: '--workers <number>',
    env: 'VULTUS_WORKERS',
    help: 'engine processes that share the sessions (default: one per core)',
  },
  threads: {
    flag: '--threads <number>',
    env: 'VULTUS_THREADS',
    help: 'CPU threads of one engine process for one operator (default: 1)',
  },
  maxSessions: {
    flag: '--max-sessions <number>',
    env: 'VULTUS_MAX_SESSIONS',
    help: 'live sessions at a time, if the measured load has room for so many (default: 1000)',
  },
  maxViewers: {
    flag: '--max-viewers <number>',
    env: 'VULTUS_MAX_VIEWERS',
    help: 'connections that may watch a session beside its own (default: 8)',
  },
  maxSize: {
    flag: '--max-size <pixels>',
    env: 'VULTUS_MAX_SIZE',
    help: 'longest side of the pictures that a session may ask for (default: 1920)',
  },
  maxFps: {
    flag: '--max-fps <number>',
    env: 'VULTUS_MAX_FPS',
    help: 'pictures a second that a session may ask for (default: 60)',
  },
  joinTimeoutS: {
    flag: '--join-timeout-s <seconds>',
    env: 'VULTUS_JOIN_TIMEOUT_S',
    help: 'close a session to which nobody has connected this long after it was opened (default: 10)',
  },
  maxAvatars: {
    flag: '--max-avatars <number>',
    env: 'VULTUS_MAX_AVATARS',
    help: 'uploaded avatars to keep, about 5 MB each; more are refused (default: 1000)',
  },
  idleTimeoutS: {
    flag: '--idle-timeout-s <seconds>',
    env: 'VULTUS_IDLE_TIMEOUT_S',
    help: 'close a session that has had no connection for this long (default: 60)',
  },
  sessionsPerMinute: {
    flag: '--sessions-per-minute <number>',
    env: 'VULTUS_SESSIONS_PER_MINUTE',
    help: 'sessions that one address may open in a minute, 0: any number (default: 30)',
  },
  uploadsPerMinute: {
    flag: '--uploads-per-minute <number>',
    env: 'VULTUS_UPLOADS_PER_MINUTE',
    help: 'portraits that one address may send in a minute, 0: any number (default: 30)',
  },
  offersPerMinute: {
    flag: '--offers-per-minute <number>',
    env: 'VULTUS_OFFERS_PER_MINUTE',
    help: 'WebRTC offers that one address may make in a minute, 0: any number (default: 60)',
  },
  trustProxy: {
    flag: '--trust-proxy <networks>',
    env: 'VULTUS_TRUST_PROXY',
    help: 'proxies whose X-Forwarded-For says who calls, with commas: addresses or networks (default: none)',
  },
  livekit: {
    flag: '--livekit <url>',
    env: 'VULTUS_LIVEKIT',
    help: 'take jobs of this LiveKit server (agent dispatch), with a key and a secret of it (default: none)',
  },
  agentName: {
    flag: '--agent-name <name>',
    env: 'VULTUS_AGENT_NAME',
    help: 'by which agents ask it for an avatar (default: vultus)',
  },
  livekitApiKey: { flag: '--livekit-api-key <key>', env: 'LIVEKIT_API_KEY', help: 'of that LiveKit server' },
  livekitApiSecret: {
    flag: '--livekit-api-secret <secret>',
    env: 'LIVEKIT_API_SECRET',
    help: 'of that LiveKit server; better given by the variable, which other users of the machine cannot see',
  },
  livekitHosts: {
    flag: '--livekit-hosts <rules>',
    env: 'VULTUS_LIVEKIT_HOSTS',
    help: 'LiveKit servers whose rooms may be joined, with commas: public, host names, addresses or networks (default: public, which no private address is)',
  },
  portraitHosts: {
    flag: '--portrait-hosts <rules>',
    env: 'VULTUS_PORTRAIT_HOSTS',
    help: 'the same for pictures that are fetched by their address (default: public)',
  },
  pushHosts: {
    flag: '--push-hosts <rules>',
    env: 'VULTUS_PUSH_HOSTS',
    help: 'the same for WHIP endpoints to which sessions are published, and their TURN servers (default: public)',
  },
  vmcIn: {
    flag: '--vmc-in <inputs>',
    env: 'VULTUS_VMC_IN',
    help: 'take motion of face trackers by the VMC protocol, with commas: [host:]port[/avatar], usually 39539 (default: none; without a host, of this machine)',
  },
  drainS: {
    flag: '--drain-s <seconds>',
    env: 'VULTUS_DRAIN_S',
    help: 'let running sessions finish for this long after SIGTERM or SIGINT (default: 30)',
  },
  iceServers: {
    flag: '--ice-servers <urls>',
    env: 'VULTUS_ICE_SERVERS',
    help: 'STUN and TURN servers, with commas: stun:host:port, turn:user:password@host:port',
  },
  publicHost: {
    flag: '--public-host <address>',
    env: 'VULTUS_PUBLIC_HOST',
    help: 'IP address to offer to WebRTC peers, where the server sits behind NAT',
  },
  udpPorts: {
    flag: '--udp-ports <from-to>',
    env: 'VULTUS_UDP_PORTS',
    help: 'UDP ports for WebRTC, like 50000-50999 (default: any)',
  },
  logLevel: {
    flag: '--log-level <level>',
    env: 'VULTUS_LOG_LEVEL',
    help: 'fatal, error, warn, info, debug, trace or silent (default: info)',
  },
});

/**
 * @param flags values by name as they stand on the command line; undefined ones are not given.
 * @throws VultusError `config_invalid`, naming the flag and variable of each value that cannot be used.
 */
export function loadConfig(
  flags: Partial<Record<ConfigName, unknown>> = {},
  env: Readonly<Record<string, string | undefined>> = process.env,
): Config {
  const given: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(CONFIG_OPTIONS)) {
    // An empty variable counts as absent, as is usual in compose files.
    const value = flags[name as ConfigName] ?? (env[option.env] || undefined);
    if (value !== undefined) given[name] = value;
  }
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => {
    const option = CONFIG_OPTIONS[path[0] as ConfigName];
    return `${option.flag.split(' ')[0]} (${option.env}): ${message}`;
  });
  throw new VultusError('config_invalid', faults.join('; '));
}
