import { element } from '../dom.ts';

/** −60 dBFS is an empty meter, 0 dBFS a full one. */
const FLOOR_DB = -60;

/** Shows that the microphone hears something. */
export class LevelMeter {
  readonly #bar = element('span', { class: 'level-bar' });
  readonly root = element('div', { class: 'level', 'aria-hidden': 'true' }, this.#bar);
  #context: AudioContext | undefined;
  #animation = 0;

  watch(stream: MediaStream): void {
    this.stop();
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 1024 });
    context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const draw = () => {
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
      const level = 1 - (10 * Math.log10(power + 1e-9)) / FLOOR_DB;
      this.#bar.style.transform = `scaleX(${Math.max(0, Math.min(1, level)).toFixed(3)})`;
      this.#animation = requestAnimationFrame(draw);
    };
    draw();
    this.#context = context;
  }

  stop(): void {
    cancelAnimationFrame(this.#animation);
    void this.#context?.close();
    this.#context = undefined;
    this.#bar.style.transform = 'scaleX(0)';
  }
}
