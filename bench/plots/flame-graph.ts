/**
 * A profile of V8 (`node --cpu-prof`) as a flame graph: SVG, callers below what they call, as wide as the time spent.
 * `node bench/plots/flame-graph.ts <profile.cpuprofile> [picture.svg]`
 */
import { readFile, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

/** What of a profile is read (Chrome DevTools Protocol, Profiler.Profile); times in microseconds. */
export interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string }; children?: number[] }[];
  samples: number[];
  timeDeltas: number[];
}

interface Frame {
  name: string;
  microseconds: number;
  called: Map<string, Frame>;
}

const WIDTH = 1400;
const ROW = 17;
/** Narrower ones, in pixels, are left out; wider ones have their name on them. */
const NARROWEST = 0.5;
const NAMED = 40;
const LETTER = 6.2;
const IDLE = ['(idle)', '(program)'];

export function flameGraph({ nodes, samples, timeDeltas }: CpuProfile): string {
  const spent = new Map<number, number>();
  for (const [i, id] of samples.entries()) spent.set(id, (spent.get(id) ?? 0) + timeDeltas[i]);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const add = (id: number, into: Map<string, Frame>): number => {
    const { callFrame, children = [] } = byId.get(id)!;
    if (IDLE.includes(callFrame.functionName)) return 0;
    const name = nameOf(callFrame);
    const frame = into.get(name) ?? { name, microseconds: 0, called: new Map() };
    into.set(name, frame);
    let sum = spent.get(id) ?? 0;
    for (const child of children) sum += add(child, frame.called);
    frame.microseconds += sum;
    return sum;
  };
  const roots = new Map<string, Frame>();
  add(nodes[0].id, roots);
  return drawn([...roots.values()][0]);
}

function nameOf({ functionName, url }: { functionName: string; url: string }): string {
  const file = url.split('/').slice(-2).join('/');
  return `${functionName || '(anonymous)'}${file && ` ${file}`}`;
}

function drawn(root: Frame): string {
  const scale = WIDTH / Math.max(1, root.microseconds);
  const boxes: string[] = [];
  let rows = 0;
  const draw = (frame: Frame, left: number, depth: number) => {
    const width = scale * frame.microseconds;
    if (width < NARROWEST) return;
    rows = Math.max(rows, depth + 1);
    const share = ((100 * frame.microseconds) / root.microseconds).toFixed(1);
    const name = escaped(frame.name);
    const title = `<title>${name}: ${(frame.microseconds / 1000).toFixed(1)} ms, ${share} %</title>`;
    const shown = escaped(frame.name.slice(0, Math.floor((width - 6) / LETTER)));
    const text =
      width < NAMED ? '' : `<text x="${(left + 3).toFixed(1)}" y="${-depth * ROW - 5}">${shown}</text>`;
    const place = `x="${left.toFixed(1)}" y="${-(depth + 1) * ROW}" width="${width.toFixed(1)}" height="${ROW - 1}"`;
    boxes.push(`<g>${title}<rect ${place} fill="${colourOf(frame.name)}"/>${text}</g>`);
    let at = left;
    for (const called of [...frame.called.values()].sort((a, b) => b.microseconds - a.microseconds)) {
      draw(called, at, depth + 1);
      at += scale * called.microseconds;
    }
  };
  draw(root, 0, 0);
  const height = rows * ROW;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 ${-height} ${WIDTH} ${height}" font-family="monospace" font-size="10">
<rect y="${-height}" width="${WIDTH}" height="${height}" fill="#fff"/>
${boxes.join('\n')}
</svg>
`;
}

/** Rooms have colours of their own: what stands before the file's name. */
function colourOf(name: string): string {
  const room = /([^ /]+)\/[^/]*$/.exec(name)?.[1] ?? '';
  let hue = 0;
  for (const letter of room) hue = (31 * hue + letter.charCodeAt(0)) % 360;
  return room ? `hsl(${hue} 65% 72%)` : '#ddd';
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [profile, picture = `${profile}.svg`] = parseArgs({ allowPositionals: true }).positionals;
  await writeFile(picture, flameGraph(JSON.parse(await readFile(profile, 'utf8')) as CpuProfile));
  console.log(picture);
}
