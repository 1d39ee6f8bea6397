import {
  type RTCPeerConnection,
  RTCRtpHeaderExtensionParameters,
  useFIR,
  useH264,
  useNACK,
  useOPUS,
  usePLI,
  useSdesMid,
  useTransportWideCC,
  useTWCC,
  useVP8,
} from 'werift';
import type { SessionApi } from '../../session/session-api.ts';
import type { Offer } from './offer.ts';
import { PLAYOUT_DELAY_URI } from './playout-delay.ts';
import type { WebRtcOptions } from './webrtc-connection.ts';

/** What we agree to: the codec of the session as it was offered, Opus, feedback on loss and on the network. */
export function peerConfig(
  session: SessionApi,
  offer: Offer,
  options: WebRtcOptions,
): ConstructorParameters<typeof RTCPeerConnection>[0] {
  const rtcpFeedback = [useNACK(), usePLI(), useFIR(), useTWCC()];
  const { codec } = session.settings;
  const video =
    codec === 'h264'
      ? useH264({ rtcpFeedback, parameters: offer.videoParameters })
      : useVP8({ rtcpFeedback });
  return {
    codecs: { video: [video], audio: [useOPUS({ rtcpFeedback: [useTWCC()] })] },
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
