import { z } from 'zod';
import { AgentWorker, type JobHost } from '../connection/livekit/dispatch/agent-worker.ts';
import { KEEP } from '../contract/backdrop.ts';
import { DEFAULT_SETTINGS } from '../contract/session-settings.ts';
import { VultusError } from '../errors.ts';
import type { ServerContext } from './context.ts';
import type { LiveKitSessions } from './livekit-sessions.ts';
import { announce } from './log.ts';
import { settingsOf } from './open-session.ts';
import { newSessionFields, withOneFormat } from './schemas.ts';

/** Who somebody publishes for: other participants take an avatar's voice for that of its agent. */
const PUBLISH_ON_BEHALF = 'lk.publish_on_behalf';
/** Of a server that is away the log tells no more often. */
const SAY_AGAIN_MS = 60_000;

const identity = z.string().min(1).max(256);
const jobSchema = withOneFormat(
  z.strictObject({
    ...newSessionFields,
    /** Whose voice is spoken; default: the first agent's. */
    agentIdentity: identity.optional(),
    /** The avatar's own. */
    participantIdentity: identity.optional(),
    participantName: z.string().max(256).optional(),
  }),
);

/**
 * A worker of the configured LiveKit server: jobs of its dispatch become sessions, as far as there is room for them.
 * @returns undefined where none is configured
 */
export function liveKitDispatch(context: ServerContext, livekit: LiveKitSessions): AgentWorker | undefined {
  const { livekit: url, livekitApiKey: apiKey, livekitApiSecret: apiSecret, agentName } = context.config;
  if (!url || !apiKey || !apiSecret) return undefined;
  const { log, version, metrics } = context;
  let lastSaidMs = Number.NEGATIVE_INFINITY;
  return new AgentWorker({ url, apiKey, apiSecret, agentName, version }, jobHost(context, livekit), {
    onRegistered: (worker) => {
      lastSaidMs = Number.NEGATIVE_INFINITY;
      announce(log.child({ worker, agentName }), 'Vultus takes jobs of the LiveKit server');
    },
    onLost: (detail) => {
      if (performance.now() - lastSaidMs < SAY_AGAIN_MS) return;
      lastSaidMs = performance.now();
      log.warn({ detail }, 'the LiveKit server cannot be reached for jobs; tried again until it is');
    },
    onRefused: (job, code, detail) => {
      metrics.errors.inc({ code });
      log.warn({ job, code, detail }, 'a job was not done');
    },
  });
}

function jobHost(
  { sessions, engine, avatars, config, log }: ServerContext,
  livekit: LiveKitSessions,
): JobHost {
  return {
    room(metadata) {
      const wanted = metadata === undefined ? { avatarId: '' } : parseJob(metadata);
      const used = sessions.list().length;
      // Whatever stands behind the avatar, it costs the same.
      const format = { ...DEFAULT_SETTINGS, seed: 0, ...settingsOf(wanted), background: KEEP };
      const measured = engine.headroom(format);
      const free = Math.min(measured, config.maxSessions - used);
      return { used, free: sessions.draining ? 0 : free };
    },
    async check({ id, metadata }) {
      const job = parseJob(metadata);
      await avatars.get(job.avatarId);
      const onBehalf = job.agentIdentity ? { [PUBLISH_ON_BEHALF]: job.agentIdentity } : undefined;
      return {
        identity: job.participantIdentity ?? `vultus-avatar-${id}`,
        name: job.participantName ?? 'avatar',
        attributes: { ...onBehalf },
      };
    },
    async run({ id, metadata, url, token }, onOpened, signal) {
      const { agentIdentity, participantIdentity, participantName, ...wanted } = parseJob(metadata);
      const room = { url, token, agentIdentity };
      const session = await livekit.open(wanted, room, log.child({ job: id }), onOpened);
      await new Promise<void>((resolve, reject) => {
        session.once('closed', (reason) => {
          if (!reason || ENDS_WELL.includes(reason.code)) resolve();
          else reject(reason);
        });
        const end = () => session.close(new VultusError('room_left'));
        signal.addEventListener('abort', end);
        if (signal.aborted) end();
        if (session.closed) resolve();
      });
    },
  };
}

/** How a job ends that was done. */
const ENDS_WELL: readonly string[] = ['room_left', 'session_closed', 'shutting_down'];

/** @throws VultusError `invalid_request` */
function parseJob(metadata: string): z.output<typeof jobSchema> {
  const parsed = jobSchema.safeParse(jsonOf(metadata));
  if (parsed.success) return parsed.data;
  const [{ path, message }] = parsed.error.issues;
  throw new VultusError('invalid_request', `metadata of the job: ${[...path, message].join(': ')}`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
