/** Follows the network: logs what is sent, reads what the receiver says, sets the bitrate once a second. */
import { type RTCDtlsTransport, RTP_EXTENSION_URI, type RtpHeader } from 'werift';
import { nextBitrate } from './bitrate-rule.ts';
import { type NetworkConditions, NetworkEstimate } from './network-estimate.ts';
import type { RtcpFeedback } from './rtcp-feedback.ts';

const INTERVAL_MS = 1000;

export interface CongestionOptions {
  maxKbps: number;
  /** Smallest relative change that is worth it: a new bitrate costs a VP8 stream a key frame. */
  minChange: number;
  setBitrate: (bitrateKbps: number) => void;
}

export class CongestionControl {
  readonly #options: CongestionOptions;
  readonly #estimate = new NetworkEstimate();
  readonly #timer: NodeJS.Timeout;
  #targetKbps: number;
  #appliedKbps: number;

  constructor(options: CongestionOptions) {
    this.#options = options;
    this.#targetKbps = options.maxKbps;
    this.#appliedKbps = options.maxKbps;
    this.#timer = setInterval(() => this.#update(), INTERVAL_MS).unref();
  }

  get conditions(): NetworkConditions {
    return this.#estimate.conditions;
  }

  get bitrateKbps(): number {
    return this.#appliedKbps;
  }

  /** Logs every packet on this transport that carries a transport-wide sequence number. */
  watch(transport: RTCDtlsTransport, extensionId: number): void {
    const sendRtp = transport.sendRtp.bind(transport);
    let newest = -1;
    transport.sendRtp = (payload: Buffer, header: RtpHeader) => {
      const extension = header.extensions.find(({ id }) => id === extensionId);
      if (extension && extension.payload.length >= 2) {
        const sequence = extension.payload.readUInt16BE(0);
        // A packet that is sent again carries its first number, which says nothing about now.
        if (newest < 0 || ((sequence - newest) << 16) >> 16 > 0) {
          newest = sequence;
          this.#estimate.sent(sequence, payload.length, performance.now());
        }
      }
      return sendRtp(payload, header);
    };
  }

  take(feedback: RtcpFeedback, videoSsrc: number): void {
    if (feedback.kind === 'transport') this.#estimate.takeFeedback(feedback.feedback, performance.now());
    if (feedback.kind === 'report' && feedback.mediaSsrc === videoSsrc)
      this.#estimate.takeReport(feedback.fractionLost);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #update(): void {
    const { maxKbps, minChange, setBitrate } = this.#options;
    this.#targetKbps = nextBitrate(this.#targetKbps, maxKbps, this.#estimate.conditions);
    const change = Math.abs(this.#targetKbps - this.#appliedKbps) / this.#appliedKbps;
    const restored = this.#targetKbps === maxKbps && this.#appliedKbps !== maxKbps;
    if (change < minChange && !restored) return;
    this.#appliedKbps = this.#targetKbps;
    setBitrate(this.#appliedKbps);
  }
}

/** The id under which the peers agreed to carry transport-wide sequence numbers, if they did. */
export function transportSequenceExtension(
  extensions: readonly { id: number; uri: string }[],
): number | undefined {
  return extensions.find(({ uri }) => uri === RTP_EXTENSION_URI.transportWideCC)?.id;
}
