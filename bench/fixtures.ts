import { existsSync, globSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readAudioFile } from '../src/audio/read-audio-file.ts';
import { AvatarFactory } from '../src/avatar/avatar-factory.ts';
import { type Config, loadConfig } from '../src/config.ts';
import { DEFAULT_SETTINGS, type SessionSettings } from '../src/contract/session-settings.ts';
import { EnginePool } from '../src/engine/pool/engine-pool.ts';
import { VultusError } from '../src/errors.ts';
import { BUILTIN_PACK, loadPack } from '../src/model/pack.ts';
import type { ProviderChoice } from '../src/model/provider-table.ts';
import { GraphLoader } from '../src/model/providers.ts';
import type { Renderer, Rig } from '../src/render/renderer.ts';
import { rendererOf } from '../src/render/renderers.ts';
import { Session } from '../src/session/session.ts';
import { startTestServer, type TestServer } from '../test/support/server.ts';
import { analyseGallery } from '../test/support/stock-gallery.ts';

const root = new URL('../', import.meta.url);
const SHARED = new URL('../shared/data/', root);

/** A file or folder of the optional data folder, or undefined where it is absent. */
export function sharedFile(path: string): string | undefined {
  const file = fileURLToPath(new URL(path, SHARED));
  return existsSync(file) ? file : undefined;
}

/** The rig of the first portrait of the gallery. */
export async function galleryRig(): Promise<Rig> {
  return (await rigsOf([galleryPortraits()[0]])).rigs[0].rig;
}

/** The portraits that the demo page ships. */
export function galleryPortraits(): string[] {
  return shipped('gallery', 'gallery.json');
}

/** The portraits of ../shared/data that are meant to work, where it is there. */
export function sharedPortraits(): string[] {
  const folder = sharedFile('portraits');
  if (!folder) return [];
  return globSync(`${folder}/*.{jpg,png}`)
    .filter((file) => !basename(file).startsWith('error_'))
    .sort();
}

/** The rigs of these files, and what was refused with which code. */
export async function rigsOf(files: readonly string[]) {
  const factory = await AvatarFactory.create();
  const rigs: { name: string; rig: Rig; file: string }[] = [];
  const refused: { name: string; code: string }[] = [];
  try {
    for (const file of files) {
      const name = basename(file).replace(/\.\w+$/, '');
      try {
        const { rig } = await factory.analyse(await readFile(file));
        rigs.push({ name, file, rig });
      } catch (cause) {
        if (!(cause instanceof VultusError)) throw cause;
        refused.push({ name, code: cause.code });
      }
    }
  } finally {
    await factory.close();
  }
  return { rigs, refused };
}

/** The renderer of the built-in pack. */
export async function openRenderer(provider: ProviderChoice = 'auto'): Promise<Renderer> {
  const pack = await loadPack(BUILTIN_PACK);
  return rendererOf(pack).openRenderer(pack, await GraphLoader.choose(provider, pack.graphFiles.render));
}

/** The voices that the demo page ships. */
export function voiceFiles(): string[] {
  return shipped('voices', 'voices.json');
}

/** Mono at 48 kHz. */
export async function sampleVoice(): Promise<Float32Array> {
  return (await readAudioFile(voiceFiles()[0])).voice48k;
}

/** All voices that the demo page ships (in several languages), with a pause after each; mono at 48 kHz. */
export async function sampleVoices(pauseSeconds = 1.5): Promise<Float32Array> {
  const voices: Float32Array[] = [];
  for (const file of voiceFiles()) {
    voices.push((await readAudioFile(file)).voice48k, new Float32Array(48000 * pauseSeconds));
  }
  return join(voices);
}

export function join(pieces: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** `voice` over and over until `seconds` at 48 kHz are full. */
export function repeated(voice: Float32Array, seconds: number): Float32Array {
  const whole = new Float32Array(Math.round(seconds * 48000));
  for (let at = 0; at < whole.length; at += voice.length) {
    whole.set(voice.subarray(0, Math.min(voice.length, whole.length - at)), at);
  }
  return whole;
}

/** The files of a list that the demo page ships. */
function shipped(folder: string, list: string): string[] {
  const base = new URL(`client-demo/public/${folder}/`, root);
  const entries = JSON.parse(readFileSync(new URL(list, base), 'utf8')) as { file: string }[];
  return entries.map(({ file }) => fileURLToPath(new URL(file, base)));
}

/** A whole server on the usual cache, with the whole gallery: nothing is analysed beside what is measured. */
export async function startBenchServer(config: Partial<Config> = {}): Promise<TestServer> {
  const { cacheDir } = loadConfig({});
  await analyseGallery(`${cacheDir}/avatars`);
  return startTestServer({ provider: 'auto', cacheDir, ...config });
}

export function startEngine(processes = Math.max(1, availableParallelism())): Promise<EnginePool> {
  return EnginePool.start({ packDirectory: BUILTIN_PACK, provider: 'auto', threads: 1, processes });
}

export function openSession(
  engine: EnginePool,
  rig: Rig,
  settings: Partial<SessionSettings> = {},
): Promise<Session> {
  const id = `bench-${Math.random().toString(36).slice(2)}`;
  return Session.open(engine, id, rig, { ...DEFAULT_SETTINGS, avatarId: 'bench', seed: 1, ...settings });
}

/** Speaks `voice` over and over in packets of 20 ms at the pace of the clock, until stopped. */
export function speakInRealTime(session: Session, voice: Float32Array): () => void {
  const speaker = session.openSpeaker();
  const startMs = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = (performance.now() - startMs) * 48;
    while (sent + 960 <= due) {
      const from = sent % (voice.length - 960);
      speaker.push(voice.slice(from, from + 960), { live: true });
      sent += 960;
    }
  }, 5);
  return () => clearInterval(timer);
}
