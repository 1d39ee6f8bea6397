/** The last touches to the SDP answer, as text: a description that is parsed and written anew has its lines in another order. */

/**
 * Puts host candidates over UDP first (FFmpeg's WHIP muxer takes only the first one). With `publicHost`, a
 * server behind one-to-one NAT offers that address too, with the ports of its own.
 */
export function finishAnswer(sdp: string, publicHost?: string): string {
  const lines = sdp.split('\r\n');
  const result: string[] = [];
  for (let i = 0; i < lines.length; ) {
    if (!isCandidate(lines[i])) {
      result.push(lines[i++]);
      continue;
    }
    let end = i;
    while (end < lines.length && isCandidate(lines[end])) end++;
    const candidates = lines.slice(i, end);
    if (publicHost) candidates.unshift(...publicCandidates(candidates, publicHost));
    result.push(...candidates.toSorted((a, b) => rank(a) - rank(b)));
    i = end;
  }
  return result.join('\r\n');
}

function isCandidate(line: string): boolean {
  return line.startsWith('a=candidate:');
}

/** RFC 8839 §5.1: foundation component transport priority address port `typ` type … */
function publicCandidates(candidates: string[], publicHost: string): string[] {
  return candidates.filter(isHostOverUdp).flatMap((line, index) => {
    const fields = line.split(' ');
    if (fields[4] === publicHost || fields[4].includes(':') !== publicHost.includes(':')) return [];
    fields[0] = `a=candidate:public${index}`;
    fields[4] = publicHost;
    return [fields.join(' ')];
  });
}

function isHostOverUdp(line: string): boolean {
  const fields = line.split(' ');
  return fields[2]?.toLowerCase() === 'udp' && fields[7] === 'host';
}

function rank(line: string): number {
  return isHostOverUdp(line) ? 0 : 1;
}
