import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { readAudioFile } from '../src/audio/read-audio-file.ts';
import { AvatarFactory } from '../src/avatar/avatar-factory.ts';
import type { Rig } from '../src/avatar/rig.ts';
import { Engine } from '../src/engine/engine.ts';
import { BUILTIN_PACK } from '../src/model/pack.ts';
import { Session } from '../src/session/session.ts';
import type { SessionSettings } from '../src/session/session-api.ts';
import { DEFAULT_SETTINGS } from '../src/session/session-manager.ts';

const root = new URL('../', import.meta.url);
const SHARED = new URL('../shared/data/', root);

/** A file of the optional data folder, or undefined where it is absent. */
export function sharedFile(path: string): string | undefined {
  const file = fileURLToPath(new URL(path, SHARED));
  return existsSync(file) ? file : undefined;
}

export async function galleryRig(): Promise<Rig> {
  const factory = await AvatarFactory.create();
  try {
    return await factory.buildRig(await readFile(await shipped('gallery', 'gallery.json')));
  } finally {
    await factory.close();
  }
}

/** Mono at 48 kHz. */
export async function sampleVoice(): Promise<Float32Array> {
  return (await readAudioFile(await shipped('voices', 'voices.json'))).voice48k;
}

/** The first file of a list that the demo page ships. */
async function shipped(folder: string, list: string): Promise<string> {
  const base = new URL(`client-demo/public/${folder}/`, root);
  const [{ file }] = JSON.parse(await readFile(new URL(list, base), 'utf8')) as { file: string }[];
  return fileURLToPath(new URL(file, base));
}

export function startEngine(workers = Math.max(1, availableParallelism())): Promise<Engine> {
  return Engine.start({ packDirectory: BUILTIN_PACK, provider: 'auto', threads: 1, workers });
}

export function openSession(
  engine: Engine,
  rig: Rig,
  settings: Partial<SessionSettings> = {},
): Promise<Session> {
  const id = `bench-${Math.random().toString(36).slice(2)}`;
  return Session.open(engine, id, rig, { ...DEFAULT_SETTINGS, avatarId: 'bench', seed: 1, ...settings });
}

/** Speaks `voice` over and over in packets of 20 ms at the pace of the clock, until stopped. */
export function speakInRealTime(session: Session, voice: Float32Array): () => void {
  const startMs = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = (performance.now() - startMs) * 48;
    while (sent + 960 <= due) {
      const from = sent % (voice.length - 960);
      session.pushVoice(voice.slice(from, from + 960));
      sent += 960;
    }
  }, 5);
  return () => clearInterval(timer);
}
