import {
  type RTCPeerConnection,
  RTCRtpCodecParameters,
  RTCRtpHeaderExtensionParameters,
  useAV1,
  useFIR,
  useH264,
  useNACK,
  useOPUS,
  usePLI,
  useSdesMid,
  useTransportWideCC,
  useTWCC,
  useVP8,
  useVP9,
} from 'werift';
import { OPUS_SAMPLE_RATE_HZ } from '../../audio/opus.ts';
import type { Offer } from './offer.ts';
import { PLAYOUT_DELAY_URI } from './playout-delay.ts';
import type { WebRtcOptions } from './webrtc-options.ts';

const DESCRIPTIONS = Object.freeze({ h264: useH264, vp8: useVP8, vp9: useVP9, av1: useAV1 });

/** What we agree to: the codec of the session as it was offered, Opus, feedback on loss and on the network. */
export function peerConfig(
  offer: Offer,
  options: WebRtcOptions,
): ConstructorParameters<typeof RTCPeerConnection>[0] {
  const rtcpFeedback = [useNACK(), usePLI(), useFIR(), useTWCC()];
  const video = ({ codec, parameters }: NonNullable<Offer['video']>) =>
    DESCRIPTIONS[codec]({ rtcpFeedback, ...(parameters && { parameters }) });
  return {
    codecs: { video: offer.video ? [video(offer.video)] : [], audio: audioCodecs(offer) },
    headerExtensions: {
      video: [
        useSdesMid(),
        useTransportWideCC(),
        new RTCRtpHeaderExtensionParameters({ uri: PLAYOUT_DELAY_URI }),
      ],
      audio: [useSdesMid(), useTransportWideCC()],
    },
    // Without this werift asks a public STUN server of its own choice.
    iceServers: options.iceServers ?? [],
    icePortRange: options.udpPorts,
    bundlePolicy: 'max-bundle',
  };
}

/** With redundancy first, each side sends it: a browser always one packet, we as many as the loss asks for. */
function audioCodecs({ audio }: Offer): RTCRtpCodecParameters[] {
  if (!audio) return [];
  const { opus, redundantOpus } = audio;
  const plain = useOPUS({ rtcpFeedback: [useTWCC()], payloadType: opus });
  if (redundantOpus === undefined) return [plain];
  const redundant = new RTCRtpCodecParameters({
    mimeType: 'audio/red',
    clockRate: OPUS_SAMPLE_RATE_HZ,
    channels: 2,
    rtcpFeedback: [useTWCC()],
    payloadType: redundantOpus,
    parameters: `${opus}/${opus}`,
  });
  return [redundant, plain];
}
