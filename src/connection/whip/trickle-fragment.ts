/** SDP fragments of trickle ICE (`application/trickle-ice-sdpfrag`, RFC 8840): what WHIP and WHEP tell of ICE alone. */
import { VultusError } from '../../errors.ts';
import { attribute, joinSdp, splitSdp } from '../webrtc/sdp-text.ts';

export interface TrickleFragment {
  /** Those of its ICE session, where it names one. */
  credentials: IceCredentials | undefined;
  /** `a=candidate:…` */
  candidates: string[];
}

export interface IceCredentials {
  userFragment: string;
  password: string;
}

const MAX_LINES = 300;
/** RFC 8839 §5.4. */
const USER_FRAGMENT = /^[A-Za-z0-9+/]{4,256}$/;
const PASSWORD = /^[A-Za-z0-9+/]{22,256}$/;

/** @throws VultusError `invalid_fragment` */
export function parseTrickleFragment(body: string): TrickleFragment {
  const { session, sections } = splitSdp(body);
  const lines = [...session, ...sections.flat()];
  if (lines.length > MAX_LINES) throw new VultusError('invalid_fragment', 'too long');
  if (!lines.some((line) => line.startsWith('a=')))
    throw new VultusError('invalid_fragment', 'nothing in it');
  return {
    credentials: readCredentials(lines),
    candidates: lines.filter((line) => line.startsWith('a=candidate:')),
  };
}

/** Of a description: its first section has the transport of all (RFC 9143). */
export function credentialsOf(sdp: string): IceCredentials | undefined {
  const { session, sections } = splitSdp(sdp);
  return readCredentials([...sections.flat(), ...session]);
}

/** The ICE of an answer. */
export function fragmentOfAnswer(answerSdp: string): string {
  const { session, sections } = splitSdp(answerSdp);
  const [first, ...rest] = sections.find(([line]) => !/^m=\S+ 0 /.test(line)) ?? [''];
  return joinSdp({
    session: session.filter((line) => /^a=(ice-|group:BUNDLE)/.test(line)),
    sections: [
      [first, ...['mid:', 'ice-', 'candidate:', 'end-of-candidates'].flatMap((name) => named(rest, name))],
    ],
  });
}

/** The offer of a peer that begins another ICE session and changes nothing else. */
export function offerAnew(offerSdp: string, { credentials, candidates }: TrickleFragment): string {
  const { session, sections } = splitSdp(offerSdp);
  const renew = (line: string): string[] => {
    if (/^a=(candidate|end-of-candidates)(:|$)/.test(line)) return [];
    if (line.startsWith('a=ice-ufrag:')) return [`a=ice-ufrag:${credentials?.userFragment}`];
    return [line.startsWith('a=ice-pwd:') ? `a=ice-pwd:${credentials?.password}` : line];
  };
  return joinSdp({
    session: session.flatMap(renew),
    sections: sections.map((lines, i) => [...lines.flatMap(renew), ...(i === 0 ? candidates : [])]),
  });
}

const named = (lines: readonly string[], name: string) =>
  lines.filter((line) => line.startsWith(`a=${name}`));

function readCredentials(lines: readonly string[]): IceCredentials | undefined {
  const userFragment = attribute(lines, 'ice-ufrag');
  const password = attribute(lines, 'ice-pwd');
  if (userFragment === undefined && password === undefined) return undefined;
  if (!USER_FRAGMENT.test(userFragment ?? '') || !PASSWORD.test(password ?? ''))
    throw new VultusError('invalid_fragment', 'ice-ufrag and ice-pwd');
  return { userFragment: userFragment!, password: password! };
}
