import type { MediaStream, RTCRtpTransceiver } from 'werift';
import type { Drawer } from '../../contract/drawing.ts';
import type { VideoCodec } from '../../contract/formats.ts';
import { OPUS_VOICE, type Output, usualVideo } from '../../contract/outputs.ts';
import type { Warning } from '../../contract/session-events.ts';
import type { SessionSettings } from '../../contract/session-settings.ts';
import type { Taking } from '../../session/session-api.ts';
import type { Attachment } from '../attachment.ts';
import type { RtcpFeedback } from './rtcp-feedback.ts';
import { SenderReportClock } from './sender-report-clock.ts';
import { VideoSender } from './video-sender.ts';
import { VoiceSender } from './voice-sender.ts';

/** What goes out to one peer: the session's pictures and its voice, as far as the peer takes them. */
export class PeerMedia {
  readonly #settings: Readonly<SessionSettings>;
  readonly #warn: (warning: Warning) => void;
  readonly #clock = new SenderReportClock();
  #attachment: Attachment | undefined;
  #taking: Taking | undefined;
  #video: VideoSender | undefined;
  #voice: VoiceSender | undefined;
  #drawer: Drawer = 'server';

  /** `warn`: hears what concerns its video alone. */
  constructor(settings: Readonly<SessionSettings>, warn: (warning: Warning) => void) {
    this.#settings = settings;
    this.#warn = warn;
  }

  /** What the network to this peer is like, and the bitrate that follows from it; undefined without video. */
  get network(): VideoSender['network'] | undefined {
    return this.#video?.network;
  }

  /** From now on its session is known. */
  attach(attachment: Attachment): void {
    this.#attachment = attachment;
  }

  async addVideo(transceiver: RTCRtpTransceiver, stream: MediaStream, codec: VideoCodec): Promise<void> {
    transceiver.sender.setStreams([stream]);
    this.#video = await VideoSender.open(transceiver, this.#clock, {
      codec,
      bitrateKbps: this.#settings.bitrateKbps,
      wishes: {
        keyFrame: () => this.requestKeyFrame(),
        bitrate: (kbps) => this.#attachment?.contain(() => this.#taking?.setBitrate(kbps)),
        voiceCopies: (copies) => this.#voice?.setCopies(copies),
      },
    });
  }

  async addVoice(transceiver: RTCRtpTransceiver, stream: MediaStream): Promise<void> {
    transceiver.sender.setStreams([stream]);
    this.#voice = await VoiceSender.open(transceiver.sender, this.#clock);
  }

  /** To be called once the header extensions of its transceivers have been agreed on. */
  watch(transceivers: readonly RTCRtpTransceiver[]): void {
    for (const transceiver of transceivers) this.#video?.watch(transceiver);
  }

  requestKeyFrame(): void {
    this.#attachment?.contain(() => this.#taking?.requestKeyFrame());
  }

  /** With `client` the peer gets no video. */
  setDrawer(drawer: Drawer): void {
    if (drawer === this.#drawer) return;
    this.#drawer = drawer;
    this.#attachment?.contain(() => {
      this.#taking?.change(this.#outputs);
      this.#taking?.requestKeyFrame();
    });
  }

  /** The peer is there, or there again: from now on it gets media. */
  connected(): void {
    this.#voice?.connected();
    // A peer that comes back after its network was gone needs a key frame too.
    if (this.#taking) this.#taking.requestKeyFrame();
    else this.#take();
  }

  hear(feedback: RtcpFeedback): void {
    this.#video?.take(feedback);
  }

  /** Idempotent. */
  close(): void {
    this.#taking?.close();
    this.#video?.close();
    this.#voice?.close();
  }

  #take(): void {
    const bitrateKbps = this.network?.bitrateKbps;
    const outputs = this.#outputs;
    if (outputs.length === 0) return;
    this.#taking = this.#attachment?.take(outputs, {
      video: (picture) => this.#video?.send(picture),
      voice: (packet) => this.#voice?.send(packet),
      warning: this.#warn,
    });
    if (bitrateKbps !== undefined) this.#taking?.setBitrate(bitrateKbps);
  }

  get #outputs(): Output[] {
    const bitrateKbps = this.network?.bitrateKbps;
    const outputs: Output[] = this.#voice ? [OPUS_VOICE] : [];
    if (bitrateKbps !== undefined && this.#drawer === 'server')
      outputs.unshift({ ...usualVideo(this.#settings, this.#video?.codec), bitrateKbps });
    return outputs;
  }
}
