import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Endpoint, Observer } from '../../src/probe/endpoint.ts';
import { VOICE_RATE_HZ } from '../../src/probe/endpoint.ts';
import { probe } from '../../src/probe/probe.ts';
import { TestVoice } from '../../src/probe/voice.ts';
import { randomNumbers } from '../../src/random.ts';

const STEP_MS = 20;
const SIDE = 32;

interface Faults {
  soundMs: number;
  pictureMs: number;
  /** Goes on for so long after a clear. */
  deafMs: number;
  /** Each such end is not told. */
  loseEvery: number;
}

interface Segment {
  voice: Int16Array[];
  complete: boolean;
  playedMs: number;
}

/** A lamp that shines as loud as it is spoken to, with faults as they are wanted. */
class Lamp implements Endpoint {
  readonly name = 'lamp';
  readonly #faults: Faults;
  #observer!: Observer;
  readonly #segments: Segment[] = [];
  #open: Segment | undefined;
  #timer: NodeJS.Timeout | undefined;
  #ends = 0;

  constructor(faults: Partial<Faults> = {}) {
    this.#faults = {
      soundMs: 120,
      pictureMs: 120,
      deafMs: 0,
      loseEvery: Number.POSITIVE_INFINITY,
      ...faults,
    };
  }

  async join(observer: Observer): Promise<void> {
    this.#observer = observer;
    const beganMs = performance.now();
    let steps = 0;
    this.#timer = setInterval(() => {
      for (; (steps + 1) * STEP_MS < performance.now() - beganMs; steps++) this.#step();
    }, 5);
  }

  async say(samples: Int16Array): Promise<void> {
    if (!this.#open) {
      this.#open = { voice: [], complete: false, playedMs: 0 };
      this.#segments.push(this.#open);
    }
    this.#open.voice.push(samples);
  }

  async endSegment(): Promise<void> {
    if (this.#open) this.#open.complete = true;
    this.#open = undefined;
  }

  async clear(): Promise<void> {
    await sleep(this.#faults.deafMs);
    this.#open = undefined;
    for (const { playedMs } of this.#segments.splice(0)) this.#end(playedMs, true);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
  }

  #step(): void {
    const segment = this.#segments[0];
    const samples = segment?.voice.shift();
    if (segment && samples) segment.playedMs += (1000 * samples.length) / VOICE_RATE_HZ;
    const sound = samples ? Float32Array.from(samples, (one) => one / 32768) : new Float32Array(480);
    const level = Math.sqrt(sound.reduce((sum, one) => sum + one * one, 0) / sound.length);
    const data = new Uint8Array((SIDE * SIDE * 3) / 2).fill(Math.min(255, 16 + 800 * level));
    const { soundMs, pictureMs } = this.#faults;
    setTimeout(() => this.#observer.sound(sound, VOICE_RATE_HZ, performance.now()), soundMs);
    setTimeout(
      () => this.#observer.picture({ data, width: SIDE, height: SIDE }, performance.now()),
      pictureMs,
    );
    if (segment?.complete && segment.voice.length === 0) {
      this.#segments.shift();
      this.#end(segment.playedMs, false);
    }
  }

  #end(playedMs: number, interrupted: boolean): void {
    if (++this.#ends % this.#faults.loseEvery !== 0)
      this.#observer.finished({ playedMs, interrupted }, performance.now());
  }
}

/** Syllables of noise. */
function babble(): TestVoice {
  const draw = randomNumbers(3);
  const samples = new Float32Array(6 * VOICE_RATE_HZ);
  for (let at = 0; at < samples.length; ) {
    const length = Math.round((0.06 + 0.2 * draw()) * VOICE_RATE_HZ);
    const loudness = draw() < 0.25 ? 0 : 0.05 + 0.25 * draw();
    for (let i = 0; i < length && at < samples.length; i++, at++)
      samples[at] = loudness * Math.sin((Math.PI * i) / length) * (2 * draw() - 1);
  }
  return new TestVoice(samples);
}

async function tried(faults?: Partial<Faults>) {
  const options = { voice: babble(), minutes: 0.001, orders: 6, seed: 5 };
  const { findings, passed } = await probe(new Lamp(faults), options);
  const value = (name: string) => findings.find((finding) => finding.name.startsWith(name))?.value;
  return { passed, value };
}

/** Bounds leave room for a machine on which timers come late. */
describe.concurrent('a probe', { timeout: 120_000 }, () => {
  it('finds what an endpoint does', async () => {
    const { value } = await tried({ soundMs: 300, pictureMs: 100 });
    expect(value('audio → sound, median')).toBeGreaterThan(290);
    expect(value('audio → sound, median')).toBeLessThan(450);
    expect(value('A − V')).toBeGreaterThan(150);
    expect(value('A − V')).toBeLessThan(250);
    expect(value('pieces without an end')).toBe(0);
    expect(value('random orders')).toBe(0);
    expect(value('clears without')).toBe(0);
    expect(value('clear → silent')).toBeGreaterThan(250);
  });

  it('finds ends that are lost', async () => {
    const { passed, value } = await tried({ loseEvery: 4 });
    expect(value('random orders')).toBeGreaterThan(0);
    expect(passed).toBe(false);
  });

  it('finds an endpoint that goes on after a clear', async () => {
    const { passed, value } = await tried({ deafMs: 600 });
    expect(value('clear → silent')).toBeGreaterThan(600);
    expect(passed).toBe(false);
  });
});
