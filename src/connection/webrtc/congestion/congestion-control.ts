/** Follows the network: logs what is sent, reads what the receiver says, and sets the bitrate of the picture. */
import { type RTCDtlsTransport, RTP_EXTENSION_URI } from 'werift';
import type { RtcpFeedback } from '../rtcp-feedback.ts';
import { numberResends } from '../werift/transport-numbers.ts';
import { BandwidthEstimate, type NetworkConditions } from './bandwidth-estimate.ts';

const TICK_MS = 100;
/** Of the picture; less is no picture. */
const MIN_KBPS = 150;
/** Where nothing is known of the network, as browsers do: 44 dB at 512×512, and little for nearly all networks. */
const START_KBPS = 300;
/** RTP with extensions, SRTP tag, UDP and IP. */
const HEADER_BYTES = 66;
/** Share of the picture's bitrate that goes into these. */
const OVERHEAD = 0.06;
/** Opus at 48 kbit/s with its headers, 50 packets a second. */
const VOICE_KBPS = 74;
/** Above the first loss each packet of voice carries the one before too; not any more below the second. */
const COPIES_FROM_LOSS = 0.03;
const COPIES_TO_LOSS = 0.01;
const COPY_KBPS = 48;
/** What is lost is sent again, some of it twice; more than this share is not set aside for that. */
const RESENDS_PER_LOSS = 1.8;
const MAX_RESEND_SHARE = 0.45;

export interface CongestionOptions {
  /** Of the picture. */
  maxKbps: number;
  /** Smallest relative change that is worth it: a new bitrate costs some encoders a key frame. */
  minChange: number;
  setBitrate: (bitrateKbps: number) => void;
  setVoiceCopies: (copies: number) => void;
  /** The way is there again after an outage: the receiver lacks pictures, and would ask for one only later. */
  onResumed: () => void;
}

export class CongestionControl {
  readonly #options: CongestionOptions;
  readonly #estimate: BandwidthEstimate;
  readonly #timer: NodeJS.Timeout;
  #appliedKbps: number;
  #voiceCopies = 0;

  constructor(options: CongestionOptions) {
    const { maxKbps } = options;
    this.#options = options;
    this.#appliedKbps = Math.min(maxKbps, START_KBPS);
    this.#estimate = new BandwidthEstimate(onTheWire(this.#appliedKbps), {
      minKbps: onTheWire(Math.min(maxKbps, MIN_KBPS)),
      maxKbps: onTheWire(maxKbps),
    });
    this.#timer = setInterval(() => this.#tick(), TICK_MS).unref();
  }

  get conditions(): NetworkConditions {
    return this.#estimate.conditions;
  }

  /** Of the picture. */
  get bitrateKbps(): number {
    return this.#appliedKbps;
  }

  /** Logs every packet on this transport that carries a transport-wide sequence number. */
  watch(transport: RTCDtlsTransport, extensionId: number): void {
    numberResends(transport, extensionId, ({ sequence, payloadBytes, resend }) => {
      const bytes = payloadBytes + HEADER_BYTES;
      this.#estimate.sent({ sequence, bytes, sentAtMs: performance.now(), resend });
    });
  }

  take(feedback: RtcpFeedback, videoSsrc: number): void {
    if (feedback.kind === 'transport') {
      const resumed = this.#estimate.takeFeedback(feedback.feedback, performance.now());
      this.#apply();
      if (resumed) this.#options.onResumed();
    } else if (feedback.kind === 'report' && feedback.mediaSsrc === videoSsrc) {
      this.#estimate.takeReport(feedback.fractionLost, performance.now());
      this.#apply();
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    this.#estimate.tick(performance.now());
    this.#apply();
  }

  #apply(): void {
    const { maxKbps, minChange, setBitrate } = this.#options;
    const { lossFraction } = this.#estimate.conditions;
    this.#protectVoice(lossFraction);
    const resends = Math.min(MAX_RESEND_SHARE, RESENDS_PER_LOSS * lossFraction);
    const available = this.#estimate.targetKbps - this.#voiceCopies * COPY_KBPS;
    const picture = forThePicture(available) * (1 - resends);
    const kbps = Math.round(Math.min(maxKbps, Math.max(Math.min(maxKbps, MIN_KBPS), picture)));
    const change = Math.abs(kbps - this.#appliedKbps) / this.#appliedKbps;
    const restored = kbps === maxKbps && this.#appliedKbps !== maxKbps;
    if (change < minChange && !restored) return;
    this.#appliedKbps = kbps;
    setBitrate(kbps);
  }

  #protectVoice(lossFraction: number): void {
    const copies = lossFraction > (this.#voiceCopies > 0 ? COPIES_TO_LOSS : COPIES_FROM_LOSS) ? 1 : 0;
    if (copies === this.#voiceCopies) return;
    this.#voiceCopies = copies;
    this.#options.setVoiceCopies(copies);
  }
}

function onTheWire(pictureKbps: number): number {
  return pictureKbps / (1 - OVERHEAD) + VOICE_KBPS;
}

function forThePicture(wireKbps: number): number {
  return (wireKbps - VOICE_KBPS) * (1 - OVERHEAD);
}

/** The id under which the peers agreed to carry transport-wide sequence numbers, if they did. */
export function transportSequenceExtension(
  extensions: readonly { id: number; uri: string }[],
): number | undefined {
  return extensions.find(({ uri }) => uri === RTP_EXTENSION_URI.transportWideCC)?.id;
}
