import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { ROOT } from '../config.ts';
import { VultusError } from '../errors.ts';
import type { Endpoint } from '../probe/endpoint.ts';
import type { Summons } from '../probe/livekit/livekit-endpoint.ts';
import { tableOf } from '../probe/report.ts';
import { integerBetween } from './control-options.ts';

const VOICE = join(ROOT, 'client-demo/public/voices/english-clara.mp3');

interface ProbeFlags {
  webrtc?: true;
  room?: string;
  agentName?: string;
  metadata: string;
  server?: string;
  command?: string;
  avatar?: string;
  apiKey?: string;
  livekitApiKey?: string;
  livekitApiSecret?: string;
  voice: string;
  minutes: string;
  orders: number;
  seed: number;
  json?: string;
}

/** `vultus probe <url>`: exit status 1 where a bar is missed. */
export function addProbeCommand(program: Command): void {
  program
    .command('probe')
    .description('try an avatar, ours or of another vendor, and measure whether it keeps the contract')
    .argument('<url>', 'http(s): a Vultus server; ws(s): a LiveKit server, in a room of which the avatar is')
    .option('--webrtc', 'a Vultus server as browsers have it (default: by its WebSocket)')
    .option('--room <name>', 'room of the LiveKit server (default: a new one)')
    .option('--agent-name <name>', 'have LiveKit send the worker of this name (agent dispatch)')
    .option('--metadata <json>', 'of that job', '')
    .option('--server <url>', 'have this Vultus server send an avatar into the room')
    .option(
      '--command <command>',
      'start this worker, with LIVEKIT_URL, LIVEKIT_TOKEN, LIVEKIT_ROOM, AGENT_IDENTITY; without any of these three somebody else has to join',
    )
    .option('--avatar <id>', 'of a Vultus server (default: its first)')
    .option('--api-key <key>', 'of a Vultus server [VULTUS_API_KEY]')
    .option('--livekit-api-key <key>', 'of the LiveKit server [LIVEKIT_API_KEY]')
    .option('--livekit-api-secret <secret>', 'of the LiveKit server [LIVEKIT_API_SECRET]')
    .option('--voice <file>', 'what is said: WAV, FLAC, Ogg or MP3', VOICE)
    .option('--minutes <n>', 'of speaking; ten tell drift from chance', '0.5')
    .option('--orders <n>', 'random orders of segments and interruptions', integerBetween(0, 10_000), 20)
    .option('--seed <n>', 'of these orders', integerBetween(0, 2 ** 31 - 1), 1)
    .option('--json <file>', 'also write what was measured')
    .action(async (url: string, flags: ProbeFlags) => {
      const minutes = Number(flags.minutes);
      if (!(minutes > 0)) throw new VultusError('config_invalid', '--minutes must be a number above 0');
      const [{ probe }, { TestVoice }] = await Promise.all([
        import('../probe/probe.ts'),
        import('../probe/voice.ts'),
      ]);
      const report = await probe(await endpointOf(url, flags), {
        voice: await TestVoice.read(flags.voice),
        minutes,
        orders: flags.orders,
        seed: flags.seed,
        onStep: (what) => console.error(`… ${what}`),
      });
      console.log(tableOf(report));
      if (flags.json) await writeFile(flags.json, `${JSON.stringify(report, null, 2)}\n`);
      // What LiveKit's client leaves running would keep this process alive.
      process.exit(report.passed ? 0 : 1);
    });
}

/** @throws VultusError `config_invalid` */
async function endpointOf(url: string, flags: ProbeFlags): Promise<Endpoint> {
  const protocol = URL.canParse(url) ? new URL(url).protocol : '';
  const apiKey = flags.apiKey ?? process.env.VULTUS_API_KEY;
  if (/^https?:$/.test(protocol)) {
    const server = { url, apiKey, avatarId: flags.avatar };
    if (flags.webrtc) {
      const { WebRtcEndpoint } = await import('../probe/vultus/webrtc-endpoint.ts');
      return new WebRtcEndpoint(server);
    }
    const { WebSocketEndpoint } = await import('../probe/vultus/websocket-endpoint.ts');
    return new WebSocketEndpoint(server);
  }
  if (!/^wss?:$/.test(protocol))
    throw new VultusError('config_invalid', `${url} is no address of http or ws`);
  const livekitApiKey = flags.livekitApiKey ?? process.env.LIVEKIT_API_KEY;
  const livekitApiSecret = flags.livekitApiSecret ?? process.env.LIVEKIT_API_SECRET;
  if (!livekitApiKey || !livekitApiSecret)
    throw new VultusError(
      'config_invalid',
      'a LiveKit server needs --livekit-api-key and --livekit-api-secret',
    );
  const keys = { url, apiKey: livekitApiKey, apiSecret: livekitApiSecret };
  const room = flags.room ?? `probe-${randomUUID().slice(0, 8)}`;
  // Only now: its native client starts threads, and in development tells its log to the terminal.
  process.env.NODE_ENV ??= 'production';
  const { LiveKitEndpoint } = await import('../probe/livekit/livekit-endpoint.ts');
  return new LiveKitEndpoint(keys, room, summonsOf(flags, apiKey));
}

function summonsOf({ agentName, metadata, server, avatar, command }: ProbeFlags, apiKey?: string): Summons {
  if (agentName !== undefined) return { by: 'dispatch', agentName, metadata };
  if (server !== undefined) return { by: 'server', url: server, apiKey, avatarId: avatar };
  return command === undefined ? { by: 'waiting' } : { by: 'command', command };
}
