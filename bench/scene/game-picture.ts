/** A picture such as games show, that scrolls: what a streamer's avatar stands before. */
import sharp from 'sharp';
import { randomNumbers } from '../../src/random.ts';

export const GAME = { width: 1280, height: 720 } as const;

const GROUND = 600;
/** How much slower than the ground, colour and height of hills, from far to near. */
const HILLS = [
  { pace: 0.15, colour: '#5b7fc4', height: 330, length: 420 },
  { pace: 0.35, colour: '#3f9a8a', height: 220, length: 300 },
  { pace: 0.6, colour: '#2f7d4f', height: 130, length: 220 },
];
const PIXELS_A_SECOND = 160;

/** RGBA bytes of the moment `seconds`. */
export function gamePicture(seconds: number): Promise<Buffer> {
  const { width, height } = GAME;
  const at = PIXELS_A_SECOND * seconds;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <defs><linearGradient id="sky" x2="0" y2="1"><stop stop-color="#3a4fc0"/><stop offset="1" stop-color="#f7b98c"/></linearGradient>
    <pattern id="bricks" width="64" height="48" patternUnits="userSpaceOnUse" patternTransform="translate(${-(at % 64)} ${GROUND % 48})">
    <rect width="64" height="48" fill="#8a5a34"/><path d="M0 1H64M0 25H64M16 0V24M48 24V48" stroke="#4d2f1b" stroke-width="3"/></pattern></defs>
    <rect width="${width}" height="${height}" fill="url(#sky)"/><circle cx="980" cy="150" r="70" fill="#fff1b8"/>
    ${HILLS.map((hill) => hills(hill, at)).join('')}
    <rect y="${GROUND}" width="${width}" height="${height - GROUND}" fill="url(#bricks)"/>
    <rect y="${GROUND - 14}" width="${width}" height="16" fill="#6fc04a"/>${platforms(at)}
    <g font-family="DejaVu Sans Mono, monospace" font-weight="bold" font-size="34" fill="#fff" stroke="#000" stroke-width="1.2">
    <text x="40" y="62">SCORE ${String(Math.floor(137 * seconds)).padStart(6, '0')}</text><text x="560" y="62">WORLD 2-4</text></g>
    <rect x="980" y="36" width="260" height="28" rx="6" fill="#0008"/><rect x="984" y="40" width="${252 - ((8 * seconds) % 200)}" height="20" rx="4" fill="#e8434f"/>
  </svg>`;
  return sharp(Buffer.from(svg)).ensureAlpha().raw().toBuffer();
}

function hills({ pace, colour, height, length }: (typeof HILLS)[number], at: number): string {
  const first = -((pace * at) % length) - length;
  const tops = Array.from({ length: Math.ceil(GAME.width / length) + 3 }, (_, i) => first + i * length);
  const line = tops.map((x) => `Q${x + length / 2} ${GROUND - 2 * height} ${x + length} ${GROUND}`).join('');
  return `<path d="M${first} ${GROUND}${line}V${GAME.height}H${first}Z" fill="${colour}"/>`;
}

function platforms(at: number): string {
  const random = randomNumbers(4);
  return Array.from({ length: 24 }, (_, i) => {
    // They come again.
    const x = ((((300 * i - at + 300) % 7200) + 7200) % 7200) - 300;
    const y = 300 + 190 * random();
    const coins = [28, 80, 132].map(
      (dx) =>
        `<circle cx="${x + dx}" cy="${y - 36}" r="15" fill="#ffd23c" stroke="#a06a00" stroke-width="4"/>`,
    );
    return `<rect x="${x}" y="${y}" width="160" height="34" rx="8" fill="#c9803f" stroke="#4d2f1b" stroke-width="4"/>${coins.join('')}`;
  }).join('');
}
