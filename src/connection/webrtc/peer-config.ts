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
import { type CodecChoice, VIDEO_CODECS, type VideoCodec } from '../../contract/formats.ts';
import type { Offer } from './offer.ts';
import { PLAYOUT_DELAY_URI } from './playout-delay.ts';
import type { WebRtcOptions } from './webrtc-options.ts';

const DESCRIPTIONS = Object.freeze({ h264: useH264, vp8: useVP8, vp9: useVP9, av1: useAV1 });

/** Of what is offered to others, where they say nothing themselves (RFC 6184 §8.2.2, RFC 9628). */
const PARAMETERS: Readonly<Partial<Record<VideoCodec, string>>> = Object.freeze({
  h264: 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
  vp9: 'profile-id=0',
});

type PeerConfig = ConstructorParameters<typeof RTCPeerConnection>[0];
type Network = Pick<WebRtcOptions, 'iceServers' | 'udpPorts'>;

/** What we agree to: the codec of the session as it was offered, Opus, feedback on loss and on the network. */
export function peerConfig(offer: Offer, network: Network): PeerConfig {
  const { video } = offer;
  return configOf(network, video ? [description(video.codec, video.parameters)] : [], audioCodecs(offer));
}

/** What we offer: the codec of the session, or each that we have, the usual one first; Opus. */
export function offeringConfig(choice: CodecChoice, network: Network): PeerConfig {
  const codecs = choice === 'auto' ? VIDEO_CODECS : [choice];
  const video = codecs.map((codec) => description(codec, PARAMETERS[codec]));
  return configOf(network, video, [useOPUS({ rtcpFeedback: [useTWCC()] })]);
}

function description(codec: VideoCodec, parameters = ''): RTCRtpCodecParameters {
  const rtcpFeedback = [useNACK(), usePLI(), useFIR(), useTWCC()];
  return DESCRIPTIONS[codec]({ rtcpFeedback, ...(parameters && { parameters }) });
}

function configOf(
  { iceServers = [], udpPorts }: Network,
  video: RTCRtpCodecParameters[],
  audio: RTCRtpCodecParameters[],
): PeerConfig {
  // The same objects, so that in offers they have the same numbers in a whole bundle (RFC 9143 §8).
  const both = [useSdesMid(), useTransportWideCC()];
  const playoutDelay = new RTCRtpHeaderExtensionParameters({ uri: PLAYOUT_DELAY_URI });
  return {
    codecs: { video, audio },
    headerExtensions: { video: [...both, playoutDelay], audio: both },
    // Without this werift asks a public STUN server of its own choice.
    iceServers,
    icePortRange: udpPorts,
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
