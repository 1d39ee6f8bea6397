import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { benchAnalysis } from './analysis.ts';
import { benchBargeIn } from './barge-in/barge-in.ts';
import { benchClientDraw } from './client-draw/client-draw.ts';
import { benchCloseUps, type CloseUpsOptions } from './close-ups/close-ups.ts';
import { benchDrawn } from './drawn.ts';
import { benchFailover } from './failover.ts';
import { benchGpu } from './gpu.ts';
import { benchGroundTruth, type GroundTruthOptions } from './ground-truth/ground-truth.ts';
import { benchVoices } from './held-out-voices.ts';
import { benchInterruption } from './interruption/interruption.ts';
import { benchLatency } from './latency/latency.ts';
import { benchLife } from './life.ts';
import { benchLipSync } from './lip-sync.ts';
import { benchLiveKit } from './livekit/livekit.ts';
import { benchNetwork } from './network/network.ts';
import { benchPeerServer } from './peer-server/bench.ts';
import { benchPeers } from './peers.ts';
import { benchPerformer } from './performer.ts';
import { benchPicture } from './picture.ts';
import { benchPlots } from './plots/plots.ts';
import { benchPortraits, type PortraitsOptions } from './portraits/portraits.ts';
import { benchRender } from './render.ts';
import { machine, printReport, type Report } from './report.ts';
import { benchScene } from './scene/scene.ts';
import { benchSessions } from './sessions.ts';
import { benchSoak, type SoakOptions } from './soak/soak.ts';
import { benchStates } from './states.ts';
import { benchTelephone } from './telephone.ts';
import { benchViewers } from './viewers/viewers.ts';

type Options = SoakOptions & PortraitsOptions & CloseUpsOptions & GroundTruthOptions;

interface Bench {
  what: string;
  run: (options: Options) => Promise<Report>;
  /** Only when it is named. */
  long?: true;
}

const BENCHES: Record<string, Bench> = {
  'lip-sync': {
    what: 'A.1–A.4: lips against a human, phones of easy and hard voices, pictures and what is no speech',
    run: benchLipSync,
  },
  voices: {
    what: 'A.5: the same in ten languages, on synthesised voices (festival)',
    run: benchVoices,
  },
  telephone: {
    what: 'A.2 on voices by telephone (G.711), against the same as they were recorded',
    run: benchTelephone,
  },
  peers: {
    what: 'A: HeadAudio, wawa-lipsync, a loudness jaw and recognised phones (pocketsphinx) by the same measures',
    run: benchPeers,
  },
  'barge-in': {
    what: 'short first words stop the avatar; noises, music, coughs and its own voice do not',
    run: benchBargeIn,
  },
  life: {
    what: 'B: blinks, head, gaze, brows, emotions, borders, half an hour without drift',
    run: benchLife,
  },
  picture: { what: 'C: whether rendered faces still are those of their portraits', run: benchPicture },
  plots: { what: 'pictures to look at, in bench/results/plots', run: benchPlots },
  'ground-truth': {
    what: 'C: pictures and landmarks against people that are path-traced',
    run: benchGroundTruth,
  },
  render: { what: 'E: milliseconds of a picture', run: benchRender },
  analysis: {
    what: 'D: milliseconds of processor time to analyse a portrait, to prepare it',
    run: benchAnalysis,
  },
  latency: { what: 'D: from voice to encoded picture', run: benchLatency },
  interruption: { what: 'D: silent and shut after an interruption', run: benchInterruption },
  performer: {
    what: 'captured faces played through a live session: delay, stillness, lost and found',
    run: benchPerformer,
  },
  sessions: { what: 'E: how many sessions the machine carries', run: benchSessions },
  'client-draw': {
    what: 'E: sessions that viewers draw by themselves: cores, bandwidth, milliseconds in Chromium, the same pixels',
    run: benchClientDraw,
  },
  viewers: {
    what: 'E: what a further viewer of a session costs, by WebSocket, WHEP and WebRTC',
    run: benchViewers,
  },
  gpu: { what: 'E: each graph by batch size, on the provider that is live', run: benchGpu },
  'peer-server': {
    what: 'D, E: the same pictures and voice from aiortc, and ours, to a real browser',
    run: benchPeerServer,
  },
  failover: {
    what: 'F: kill −9 of an engine process: silence until it speaks again, neighbours’ lost pictures',
    run: benchFailover,
  },
  livekit: {
    what: 'G: a real LiveKit room: join, first picture, lips, voice against picture, silence, segments’ ends',
    run: benchLiveKit,
  },
  network: {
    what: 'F: a real browser behind loss, bottlenecks, delay, an outage; voice in; plots',
    run: benchNetwork,
  },
  portraits: {
    what: 'C: whom the analysis fails, by skin and finish; only when it is named',
    run: benchPortraits,
    long: true,
  },
  'close-ups': {
    what: 'C: a page of mouths, eyes, lids, brows, cheeks and edges to look at; only when it is named',
    run: benchCloseUps,
    long: true,
  },
  states: {
    what: 'B: strips of muted faces that listen, idle and speak, for judges; only when it is named',
    run: benchStates,
    long: true,
  },
  drawn: {
    what: 'C: a sheet of each drawn character to look at; only when it is named',
    run: benchDrawn,
    long: true,
  },
  scene: {
    what: 'C: drawn characters with alpha over a game, ten seconds each, to look at; only when it is named',
    run: benchScene,
    long: true,
  },
  soak: { what: 'F: hours of it; only when it is named', run: benchSoak, long: true },
};
const DEFAULT_JSON = 'bench/results/bench.json';
const HELP = `Usage: npm run bench -- [name …] [--json file]

Measures lips (A), life (B), identity (C), delay (D), throughput (E), networks and endurance (F) on the path that serves live sessions, prints tables with\nwhat each figure should be, and writes JSON.
Without a name all of them but the long ones run, one after the other (an hour on two cores).

${Object.entries(BENCHES)
  .map(([name, { what }]) => `  ${name.padEnd(13)} ${what}`)
  .join('\n')}

Options:
  --json <file>  where the JSON goes (default: ${DEFAULT_JSON})
  --media-s <s>  soak: seconds of media time in all (default: 10000)
  --real-s <s>   soak: how many of them in real time (default: 3600)
  --people <dir> portraits: more of them, a folder of people as bench/portraits/portraits.ts has it
  --limit <n>    ground-truth: only the first so many people
  --portraits <dir>  close-ups, drawn: a folder of pictures (default: those of ../shared/data and the gallery)
  --before <dir>     close-ups: another checkout, whose pictures are shown above these
  --minutes <n>  close-ups, portraits: begin nothing more after so many; who calls again goes on
  --help         this text

Recordings and portraits of ../shared/data, festival and pocketsphinx are used where they are there; what is left
out without them is said.`;

const { json, help, names, options } = readArguments();
if (help) {
  console.log(HELP);
  process.exit(0);
}
const host = machine();
console.log(`${host.cores} × ${host.cpu}, Node ${host.node}`);
const reports: Report[] = [];
for (const name of names) {
  const report = await BENCHES[name].run(options);
  printReport(report);
  reports.push(report);
}
await mkdir(dirname(json), { recursive: true });
await writeFile(json, `${JSON.stringify({ date: new Date().toISOString(), host, reports }, null, 2)}\n`);
console.log(`\nJSON: ${json}`);

function readArguments(): {
  json: string;
  help: boolean;
  names: string[];
  options: Options;
} {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        json: { type: 'string', default: DEFAULT_JSON },
        'media-s': { type: 'string', default: '10000' },
        'real-s': { type: 'string', default: '3600' },
        people: { type: 'string' },
        limit: { type: 'string' },
        portraits: { type: 'string' },
        before: { type: 'string' },
        minutes: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const unknown = positionals.find((name) => !(name in BENCHES));
    if (unknown) throw new Error(`There is no bench "${unknown}".`);
    const { json, help, people, portraits, before } = values;
    const options = {
      mediaS: Number(values['media-s']),
      realS: Number(values['real-s']),
      minutes: values.minutes === undefined ? undefined : Number(values.minutes),
      limit: values.limit === undefined ? undefined : Number(values.limit),
      people,
      portraits,
      before,
    };
    if (options.minutes !== undefined && !(options.minutes > 0))
      throw new Error('--minutes must be above 0.');
    if (!(options.realS > 0 && options.mediaS > options.realS)) {
      throw new Error('--real-s must be above 0 and below --media-s.');
    }
    if (options.limit !== undefined && !(options.limit > 0)) throw new Error('--limit must be above 0.');
    const usual = Object.keys(BENCHES).filter((name) => !BENCHES[name].long);
    return { json, help, options, names: positionals.length > 0 ? positionals : usual };
  } catch (cause) {
    console.error(`${(cause as Error).message}\n\n${HELP}`);
    process.exit(2);
  }
}
