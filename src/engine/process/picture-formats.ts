import type { SessionSettings } from '../../contract/session-settings.ts';
import type { PictureFormat } from '../../media/adaptive-encoder.ts';
import { FormatLadder, scaledSide } from './format-ladder.ts';
import { MACHINE_RUNGS, type PictureStep } from './load-governor.ts';

/** Tells the session's clients that something is less, or more again. */
export type Warn = (code: string, message: string) => void;

/** How many and how large pictures a session makes: what the machine has room for, and the network carries. */
export class PictureFormats {
  readonly #settings: SessionSettings;
  readonly #warn: Warn;
  readonly #ladder: FormatLadder;
  #machineRung = 0;
  #machine: PictureFormat;
  #network: PictureFormat;

  constructor(settings: SessionSettings, nowMs: number, warn: Warn) {
    this.#settings = settings;
    this.#warn = warn;
    this.#ladder = new FormatLadder(settings);
    this.#network = this.#ladder.formatAt(nowMs);
    this.#machine = machineFormat(settings, 0);
  }

  /** Side of what is drawn. */
  get drawnSize(): number {
    return this.#machine.size;
  }

  get sent(): PictureFormat & { step: PictureStep } {
    return {
      step: Math.max(this.#machine.step, this.#network.step) as PictureStep,
      size: Math.min(this.#machine.size, this.#network.size),
    };
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
    if (former.size === next.size && former.step === next.step) return;
    const change = former.size === next.size ? 'rate' : 'size';
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
    const less = next.size < former.size || next.step > former.step;
    this.#warn(
      less ? 'network_slow' : 'network_better',
      `The network ${less ? 'carries less' : 'carries more again'}: ${this.#describe(next)}.`,
    );
    return true;
  }

  #describe({ size, step }: PictureFormat): string {
    return `${size}×${size} pixels, ${Math.round((10 * this.#settings.fps) / step) / 10} pictures a second`;
  }
}

function machineFormat({ size }: SessionSettings, rung: number): PictureFormat {
  const { step, scale } = MACHINE_RUNGS[rung];
  return { step, size: scaledSide(size, scale) };
}
