/** The session code of the server on a clock of its own, faster than real time: one long session, short ones beside. */

import { setImmediate as breathe } from 'node:timers/promises';
import { NEUTRAL_CONTROLS } from '../../src/contract/controls.ts';
import { squareFormat } from '../../src/contract/formats.ts';
import { MOTION, OPUS_VOICE, streamOf, usualVideo } from '../../src/contract/outputs.ts';
import type { EngineEvent } from '../../src/contract/session-events.ts';
import { DEFAULT_SETTINGS, type SessionSettings } from '../../src/contract/session-settings.ts';
import { LiveSession } from '../../src/engine/process/live-session.ts';
import { MotionModel } from '../../src/model/motion-model.ts';
import { BUILTIN_PACK, loadPack } from '../../src/model/pack.ts';
import { GraphLoader } from '../../src/model/providers.ts';
import { randomNumbers } from '../../src/random.ts';
import type { Renderer, Rig } from '../../src/render/renderer.ts';
import { rendererOf } from '../../src/render/renderers.ts';
import { mergeControls } from '../../src/session/session.ts';
import { type Act, conversation, type Speaker } from './conversation.ts';
import { MemoryWatch } from './memory-watch.ts';
import { SessionWatch } from './session-watch.ts';

const STEP_MS = 5;
const MEMORY_EVERY_S = 20;
const SIZE = 256;

export interface SoakPart {
  watches: SessionWatch[];
  memory: MemoryWatch;
}

export async function soakVirtually(
  seconds: number,
  rig: Rig,
  voice: Float32Array,
  log: (line: string) => void,
): Promise<SoakPart> {
  const pack = await loadPack(BUILTIN_PACK);
  const loader = await GraphLoader.choose('auto', pack.graphFiles.motion);
  const model = await MotionModel.open(pack, loader);
  const renderer = await rendererOf(pack).openRenderer(pack, loader);
  const random = randomNumbers(7);
  const memory = new MemoryWatch();
  const watches: SessionWatch[] = [];
  let nowMs = 0;
  const open = (name: string, change: Partial<SessionSettings>) => {
    const watch = new SessionWatch(name, log);
    watches.push(watch);
    const settings = {
      ...DEFAULT_SETTINGS,
      avatarId: 'soak',
      seed: watches.length,
      ...squareFormat(SIZE),
      ...change,
    };
    return new VirtualSession({ rig, model, renderer, settings, voice, watch, now: () => nowMs });
  };
  const long = open('virtual, long', {});
  let short: { session: VirtualSession; untilMs: number } | undefined;
  let lastMemoryS = 0;
  try {
    for (; nowMs < seconds * 1000; nowMs += STEP_MS) {
      if (short && nowMs >= short.untilMs) {
        short.session.close();
        short = undefined;
      }
      if (!short && random() < STEP_MS / 10_000) {
        const latency = (['low', 'balanced', 'quality'] as const)[Math.floor(3 * random())];
        const codec = random() < 0.5 ? 'h264' : 'vp8';
        const session = open(`virtual, ${watches.length}`, { latency, codec, fps: random() < 0.5 ? 25 : 30 });
        short = { session, untilMs: nowMs + 1000 * (5 + 60 * random()) };
      }
      await long.step();
      await short?.session.step();
      if (nowMs / 1000 - lastMemoryS < MEMORY_EVERY_S) continue;
      lastMemoryS = nowMs / 1000;
      // Whatever the process does beside, collecting garbage of native code too, is let in.
      await breathe();
      const { rss, heapUsed, external } = process.memoryUsage();
      memory.add({
        seconds: lastMemoryS,
        residentMb: rss / 2 ** 20,
        serverMb: rss / 2 ** 20,
        heapMb: heapUsed / 2 ** 20,
        externalMb: external / 2 ** 20,
      });
      if (lastMemoryS % 200 < MEMORY_EVERY_S)
        log(`virtual ${Math.round(lastMemoryS)} s, ${Math.round(rss / 2 ** 20)} MB`);
    }
  } finally {
    short?.session.close();
    long.close();
    await renderer.close();
    await model.close();
  }
  return { watches, memory };
}

class VirtualSession implements Speaker {
  readonly #live: LiveSession;
  readonly #now: () => number;
  readonly #acts: Generator<Act, never>;
  readonly #watch: SessionWatch;
  #actAtMs: number;
  #epoch = 0;
  /** The utterance that is being received, and all whose end has not been told. */
  #received: number | undefined;
  #lastUtterance = 0;
  readonly #open = new Set<number>();

  constructor(options: {
    rig: Rig;
    model: MotionModel;
    renderer: Renderer;
    settings: SessionSettings;
    voice: Float32Array;
    watch: SessionWatch;
    now: () => number;
  }) {
    const { settings, renderer, watch, now } = options;
    this.#now = now;
    this.#watch = watch;
    this.#acts = conversation(randomNumbers(settings.seed), options.voice);
    this.#actAtMs = now();
    this.#live = new LiveSession({
      ...options,
      avatar: renderer.prepare(options.rig, settings),
      provider: 'cpu',
      controls: NEUTRAL_CONTROLS,
      emit: (event) => this.#receive(event),
    });
    this.#live.setStreams([usualVideo(settings), OPUS_VOICE, MOTION].map(streamOf));
  }

  async step(): Promise<void> {
    while (this.#now() >= this.#actAtMs) {
      const { run, thenMs } = this.#acts.next().value;
      run(this);
      this.#actAtMs += thenMs;
    }
    for (let job = this.#live.step(); job; job = this.#live.step()) await job.run();
  }

  speak(voice: Float32Array): void {
    this.#received ??= ++this.#lastUtterance;
    this.#open.add(this.#received);
    this.#live.pushVoice(this.#received, voice);
  }
  endSpeech(): void {
    if (this.#received !== undefined) this.#live.endSpeech(this.#received);
    this.#received = undefined;
  }
  interrupt(): void {
    this.#live.interrupt(++this.#epoch, [...this.#open]);
    this.#live.resume();
    this.#received = undefined;
  }
  pause(): void {
    this.#live.pause();
  }
  resume(): void {
    this.#live.resume();
  }
  setControls(patch: Parameters<Speaker['setControls']>[0]): void {
    this.#live.controls = mergeControls(this.#live.controls, patch);
  }

  close(): void {
    this.#live.close();
  }

  #receive({ name, value }: EngineEvent): void {
    const watch = this.#watch;
    if (name === 'packet' && value.kind === 'voice') watch.voice(value, this.#now());
    else if (name === 'packet' && value.kind === 'video') watch.picture(value, this.#now());
    else if (name === 'speech.started') watch.speechStarted(value.utterance);
    else if (name === 'speech.stalled') this.endSpeech();
    else if (name === 'speech.ended') {
      this.#open.delete(value.utterance);
      watch.speechEnded(value.utterance, value.playedMs);
    } else if (name === 'warning') watch.problem(value.message);
  }
}
