/**
 * wawa-lipsync as it is shipped, asked 60 times a second as its README does, over an analyser of our own and on the
 * clock of the voice. It names one viseme at a time.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createContext, Script } from 'node:vm';
import type { Talker } from '../talkers.ts';
import { Analyser } from './analyser.ts';
import { visemeFrame, watchPage } from './oculus-visemes.ts';

const RATE_HZ = 48000;

interface Lipsync {
  viseme: string;
  connectAudio(element: { src: string }): void;
  processAudio(): void;
}

let program: Promise<Script> | undefined;

export const wawaLipsync: Talker = {
  name: 'wawa-lipsync',
  speak: async (voice) => {
    program ??= readFile(createRequire(import.meta.url).resolve('wawa-lipsync'), 'utf8').then(
      (code) => new Script(code),
    );
    const analyser = new Analyser();
    analyser.voice = voice;
    class AudioContext {
      readonly sampleRate = RATE_HZ;
      readonly destination = {};
      createAnalyser = () => analyser;
      createMediaElementSource = () => ({ connect: () => {} });
      resume = () => {};
    }
    const page = {
      exports: {} as { Lipsync?: new () => Lipsync },
      module: {},
      window: { AudioContext },
      performance: { now: () => (1000 * analyser.position) / RATE_HZ },
    };
    (await program).runInContext(createContext(page));
    if (!page.exports.Lipsync) throw new Error('wawa-lipsync exports no Lipsync.');
    const lipsync = new page.exports.Lipsync();
    lipsync.connectAudio({ src: 'voice' });
    return watchPage(voice, (until) => {
      analyser.position = until;
      lipsync.processAudio();
      return visemeFrame(new Map([[lipsync.viseme, 1]]));
    });
  },
};
