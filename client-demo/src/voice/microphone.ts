import type { LiveConnection } from '../../../src/client/index.ts';
import { byId, element } from '../dom.ts';
import { LevelMeter } from './level-meter.ts';
import type { VoiceSource } from './voice-source.ts';

/** The microphone: the portrait says what the user says. */
export class Microphone implements VoiceSource {
  readonly kind = 'microphone';
  readonly recorded = false;
  readonly #devices = element('select', { 'aria-label': 'Microphone' });
  readonly #meter = new LevelMeter();
  readonly #onError: (error: unknown) => void;
  #stream: MediaStream | undefined;
  #live: LiveConnection | undefined;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
    this.#devices.append(element('option', { value: '' }, 'Default microphone'));
    this.#devices.addEventListener('change', () => void this.#changeDevice());
    byId('voice-microphone').append(
      this.#devices,
      this.#meter.root,
      element(
        'p',
        { class: 'hint' },
        'The portrait repeats what you say, a moment later. Wear headphones: without them your microphone hears the portrait. The volume starts low.',
      ),
    );
  }

  async prepare(): Promise<void> {
    this.#release();
    if (!navigator.mediaDevices?.getUserMedia) {
      throw new Error('Browsers give the microphone only to pages on localhost or over HTTPS.');
    }
    const deviceId = this.#devices.value;
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({
        audio: {
          echoCancellation: true,
          noiseSuppression: true,
          autoGainControl: true,
          ...(deviceId ? { deviceId: { exact: deviceId } } : {}),
        },
      });
    } catch (cause) {
      throw new Error(sentence(cause), { cause });
    }
    this.#meter.watch(this.#stream);
    await this.#listDevices();
  }

  async attach(live: LiveConnection): Promise<void> {
    this.#live = live;
    if (!this.#stream) await this.prepare();
    if (this.#stream && !live.closed) await live.setMicrophone(this.#stream);
  }

  async speak(): Promise<void> {}

  async detach(live: LiveConnection | undefined): Promise<void> {
    this.#live = undefined;
    this.#release();
    if (live && !live.closed) await live.setMicrophone(null);
  }

  #release(): void {
    this.#meter.stop();
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = undefined;
  }

  async #changeDevice(): Promise<void> {
    if (!this.#live) return;
    try {
      await this.prepare();
      await this.attach(this.#live);
    } catch (error) {
      this.#onError(error);
    }
  }

  /** Names of devices are known only after permission. */
  async #listDevices(): Promise<void> {
    const devices = await navigator.mediaDevices.enumerateDevices();
    const chosen = this.#devices.value;
    this.#devices.replaceChildren(
      element('option', { value: '' }, 'Default microphone'),
      ...devices
        .filter(({ kind, deviceId }) => kind === 'audioinput' && deviceId !== 'default' && deviceId !== '')
        .map(({ deviceId, label }) => element('option', { value: deviceId }, label || 'Microphone')),
    );
    this.#devices.value = chosen;
  }
}

function sentence(cause: unknown): string {
  switch ((cause as DOMException)?.name) {
    case 'NotAllowedError':
      return 'The browser does not allow the microphone here. Allow it beside the address, then start again.';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'No microphone was found. Plug one in, or use a sample voice.';
    case 'NotReadableError':
      return 'Another program is using the microphone.';
    default:
      return 'The microphone cannot be opened.';
  }
}
