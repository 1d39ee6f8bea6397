import type { RTCDtlsTransport, RTCRtpTransceiver } from 'werift';
import type { VideoCodec } from '../../contract/formats.ts';
import type { VideoPacket } from '../../contract/outputs.ts';
import type { NetworkConditions } from './congestion/bandwidth-estimate.ts';
import { CongestionControl, transportSequenceExtension } from './congestion/congestion-control.ts';
import { KeyFrameGate } from './key-frame-gate.ts';
import { type MediaPacket, MediaSender } from './media-sender.ts';
import { Pacer } from './pacer.ts';
import { PicturePayloads } from './picture-payloads.ts';
import { playoutDelay } from './playout-delay.ts';
import { limitResends, ResendBudget } from './resend-budget.ts';
import type { RtcpFeedback } from './rtcp-feedback.ts';
import type { SenderReportClock } from './sender-report-clock.ts';

/** What the network of the peer asks for. */
export interface NetworkWishes {
  keyFrame(): void;
  bitrate(bitrateKbps: number): void;
  voiceCopies(copies: number): void;
}

/** The pictures that go to one peer: as packets, paced, and no more of them than its network carries. */
export class VideoSender {
  readonly #wishes: NetworkWishes;
  readonly #payloads: PicturePayloads;
  readonly #keyFrames: KeyFrameGate;
  readonly #congestion: CongestionControl;
  readonly #resends: ResendBudget;
  readonly #pacer: Pacer<MediaPacket>;
  readonly codec: VideoCodec;
  readonly #media: MediaSender;

  /** Sends on the track of this transceiver. */
  static async open(
    transceiver: RTCRtpTransceiver,
    clock: SenderReportClock,
    options: { codec: VideoCodec; bitrateKbps: number; wishes: NetworkWishes },
  ): Promise<VideoSender> {
    const video = new VideoSender(transceiver, clock, options);
    await video.#media.attach();
    limitResends(transceiver.sender, video.#resends, () => video.#keyFrames.ask());
    return video;
  }

  private constructor(
    { sender }: RTCRtpTransceiver,
    clock: SenderReportClock,
    { codec, bitrateKbps, wishes }: { codec: VideoCodec; bitrateKbps: number; wishes: NetworkWishes },
  ) {
    this.codec = codec;
    this.#wishes = wishes;
    this.#payloads = new PicturePayloads(codec);
    this.#keyFrames = new KeyFrameGate(() => wishes.keyFrame());
    this.#congestion = new CongestionControl({
      maxKbps: bitrateKbps,
      minChange: codec === 'h264' ? 0.05 : 0.25,
      setBitrate: (kbps) => this.#setBitrate(kbps),
      setVoiceCopies: (copies) => wishes.voiceCopies(copies),
      onResumed: () => this.#keyFrames.ask(),
    });
    this.#resends = new ResendBudget(this.#congestion.bitrateKbps);
    this.#pacer = new Pacer(this.#congestion.bitrateKbps, (packet) => this.#media.send(packet));
    this.#media = new MediaSender(sender, clock, { kind: 'video', clockRateHz: 90000 });
  }

  get transport(): RTCDtlsTransport {
    return this.#media.transport;
  }

  /** What the network to this peer is like, and the bitrate that follows from it. */
  get network(): NetworkConditions & { bitrateKbps: number } {
    return { ...this.#congestion.conditions, bitrateKbps: this.#congestion.bitrateKbps };
  }

  /** To be called with its transceiver once the header extensions have been agreed on. */
  watch({ headerExtensions }: RTCRtpTransceiver): void {
    const extensionId = transportSequenceExtension(headerExtensions);
    const delay = playoutDelay(headerExtensions);
    if (delay) this.#media.extensions = [delay];
    if (extensionId !== undefined) this.#congestion.watch(this.transport, extensionId);
  }

  send(picture: VideoPacket): void {
    const packets = this.#media.packets(this.#payloads.of(picture), picture.mediaTimeMs);
    // An encoder may have made nothing of it.
    if (packets.length === 0) return;
    if (picture.key) this.#resends.keyFrame(packets[0].rtp.header.sequenceNumber);
    this.#pacer.push(packets);
  }

  take(feedback: RtcpFeedback): void {
    const { ssrc } = this.#media;
    this.#congestion.take(feedback, ssrc);
    if (feedback.kind === 'key-frame-request' && feedback.mediaSsrc === ssrc) this.#keyFrames.ask();
  }

  close(): void {
    this.#congestion.close();
    this.#pacer.close();
    this.#media.close();
  }

  #setBitrate(bitrateKbps: number): void {
    this.#pacer.setBitrate(bitrateKbps);
    this.#resends.setBitrate(bitrateKbps, this.#congestion.conditions.lossFraction);
    this.#wishes.bitrate(bitrateKbps);
  }
}
