/** A session description (RFC 8866) as lines: what is said before the first `m=` line, and each section after it. */
export interface SdpText {
  session: string[];
  sections: string[][];
}

const LINE = /^[a-z]=/;

/** Lines that are none of SDP are left out. */
export function splitSdp(sdp: string): SdpText {
  const text: SdpText = { session: [], sections: [] };
  for (const line of sdp.split(/\r\n|\r|\n/)) {
    if (line.startsWith('m=')) text.sections.push([line]);
    else if (LINE.test(line)) (text.sections.at(-1) ?? text.session).push(line);
  }
  return text;
}

export function joinSdp({ session, sections }: SdpText): string {
  return [...session, ...sections.flat(), ''].join('\r\n');
}

/** The value of the first `a=` line of this name; the empty string where it has none. */
export function attribute(lines: readonly string[], name: string): string | undefined {
  const found = lines.find((line) => line === `a=${name}` || line.startsWith(`a=${name}:`));
  return found?.slice(name.length + 3);
}
