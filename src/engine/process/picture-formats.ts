import type { PictureFormat } from '../../contract/formats.ts';
import type { SessionSettings } from '../../contract/session-settings.ts';
import type { SentFormat } from '../../media/adaptive-encoder.ts';
import { FormatLadder, scaledSides } from './format-ladder.ts';
import { MACHINE_RUNGS, type PictureStep } from './load-governor.ts';

/** Tells the session's clients that something is less, or more again. */
export type Warn = (code: string, message: string) => void;

/** How many and how large pictures a session makes: what the machine has room for, and the network carries. */
export class PictureFormats {
  readonly #settings: SessionSettings;
  readonly #warn: Warn;
  readonly #ladder: FormatLadder;
  #machineRung = 0;
  #machine: SentFormat;
  #network: SentFormat;

  constructor(settings: SessionSettings, nowMs: number, warn: Warn) {
    this.#settings = settings;
    this.#warn = warn;
    this.#ladder = new FormatLadder(settings);
    this.#network = this.#ladder.formatAt(nowMs);
    this.#machine = machineFormat(settings, 0);
  }

  get drawn(): PictureFormat {
    const { width, height } = this.#machine;
    return { width, height, fit: this.#settings.fit };
  }

  get sent(): SentFormat & { step: PictureStep } {
    const { width, height } = this.#machine.width < this.#network.width ? this.#machine : this.#network;
    return { step: Math.max(this.#machine.step, this.#network.step) as PictureStep, width, height };
  }

  /** Index in `MACHINE_RUNGS`. */
  get machineRung(): number {
    return this.#machineRung;
  }

  setMachineRung(rung: number): void {
    const [former, next] = [this.#machine, machineFormat(this.#settings, rung)];
    const less = rung > this.#machineRung;
    this.#machineRung = rung;
    this.#machine = next;
    if (former.width === next.width && former.step === next.step) return;
    const change = former.width === next.width ? 'rate' : 'size';
    this.#warn(
      `${change}_${less ? 'reduced' : 'restored'}`,
      `The machine ${less ? 'is busy' : 'has room again'}: ${this.#describe(next)}.`,
    );
  }

  setBitrate(bitrateKbps: number): void {
    this.#ladder.setBitrate(bitrateKbps);
  }

  /** To be called before each picture. @returns whether `sent` may have changed */
  followNetwork(nowMs: number): boolean {
    const [former, next] = [this.#network, this.#ladder.formatAt(nowMs)];
    if (next === former) return false;
    this.#network = next;
    const less = next.width < former.width || next.step > former.step;
    this.#warn(
      less ? 'network_slow' : 'network_better',
      `The network ${less ? 'carries less' : 'carries more again'}: ${this.#describe(next)}.`,
    );
    return true;
  }

  #describe({ width, height, step }: SentFormat): string {
    return `${width}×${height} pixels, ${Math.round((10 * this.#settings.fps) / step) / 10} pictures a second`;
  }
}

function machineFormat(settings: SessionSettings, rung: number): SentFormat {
  const { step, scale } = MACHINE_RUNGS[rung];
  return { step, ...scaledSides(settings, scale) };
}
