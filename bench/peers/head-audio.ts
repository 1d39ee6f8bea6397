/**
 * HeadAudio (npm `@met4citizen/headaudio`) as it is shipped: its worklet, its node with the easing of its visemes, its
 * model and its defaults, in what little of the Web Audio API they need.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Talker } from '../talkers.ts';
import { PAGE_FRAME_SAMPLES, visemeFrame, watchPage } from './oculus-visemes.ts';

const RATE_HZ = 48000;
/** Samples that a worklet gets at once. */
const QUANTUM = 128;

/** One end of a MessageChannel that hands over at once, so that voice and visemes keep step. */
interface Port {
  onmessage: ((message: { data: unknown }) => void) | null;
  postMessage(data: unknown): void;
}

interface Worklet {
  port: Port;
  process(
    inputs: Float32Array[][],
    outputs: Float32Array[][],
    parameters: Record<string, Float32Array>,
  ): boolean;
}

interface WorkletClass {
  new (options: object): Worklet;
  parameterDescriptors: { name: string; defaultValue: number }[];
}

interface Node {
  port: Port;
  onvalue: ((viseme: string, value: number) => void) | null;
  loadModel(url: string): Promise<void>;
  update(milliseconds: number): void;
}

interface HeadAudioPackage {
  Worklet: WorkletClass;
  Node: new (context: object) => Node;
  modelUrl: string;
}

let loaded: Promise<HeadAudioPackage> | undefined;

export const headAudio: Talker = {
  name: 'HeadAudio',
  speak: async (voice) => {
    loaded ??= loadPackage();
    const { Worklet, Node, modelUrl } = await loaded;
    const [worklet, node] = [new Worklet({}), new Node({})];
    join(worklet.port, node.port);
    await node.loadModel(modelUrl);
    const weights = new Map<string, number>();
    node.onvalue = (viseme, value) => weights.set(viseme, value);
    const parameters = Object.fromEntries(
      Worklet.parameterDescriptors.map(({ name, defaultValue }) => [name, Float32Array.of(defaultValue)]),
    );
    let heard = 0;
    return watchPage(voice, (until) => {
      for (; heard + QUANTUM <= until; heard += QUANTUM) {
        const piece = new Float32Array(QUANTUM);
        piece.set(voice.subarray(heard, heard + QUANTUM));
        worklet.process([[piece]], [], parameters);
      }
      node.update((1000 * PAGE_FRAME_SAMPLES) / RATE_HZ);
      return visemeFrame(weights);
    });
  },
};

function newPort(): Port {
  return { onmessage: null, postMessage: () => {} };
}

function join(a: Port, b: Port): void {
  a.postMessage = (data) => b.onmessage?.({ data });
  b.postMessage = (data) => a.onmessage?.({ data });
}

async function loadPackage(): Promise<HeadAudioPackage> {
  let Worklet: WorkletClass | undefined;
  Object.assign(globalThis, {
    sampleRate: RATE_HZ,
    AudioWorkletProcessor: class {
      port = newPort();
    },
    AudioWorkletNode: class {
      port = newPort();
    },
    registerProcessor: (_name: string, processor: WorkletClass) => {
      Worklet = processor;
    },
  });
  const file = (name: string) => import.meta.resolve(`@met4citizen/headaudio/dist/${name}`);
  await import(file('headworklet.min.mjs'));
  const { HeadAudio } = (await import(file('headaudio.min.mjs'))) as { HeadAudio: HeadAudioPackage['Node'] };
  if (!Worklet) throw new Error('HeadAudio registers no worklet.');
  // Node fetches no files.
  const model = await readFile(fileURLToPath(file('model-en-mixed.bin')));
  return {
    Worklet,
    Node: HeadAudio,
    modelUrl: `data:application/octet-stream;base64,${model.toString('base64')}`,
  };
}
