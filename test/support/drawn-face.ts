/** A face that is drawn by code, as comics and animation draw them: outlines, flat areas, eyes of ink. */
import sharp from 'sharp';

export interface DrawnFace {
  skin: string;
  shade: string;
  hair: string;
  iris: string;
  lip: string;
  /** Of the eyes, 1 as people have them. */
  eyes: number;
  /** Of the outlines, in 1/512 of the picture. */
  line: number;
}

const SIDE = 512;
const INK = '#33222a';

/** Six of several skins, large and human eyes, thin and thick lines. */
export const DRAWN_FACES: Readonly<Record<string, DrawnFace>> = {
  'large eyes, light skin': face('#fbdfcd', '#e9b59c', '#3d4f8f', '#3f78c8', '#cf6f6a', 1.9, 3.5),
  'large eyes, tan skin': face('#dba579', '#b97c55', '#2b2024', '#4d8a4b', '#9c4a44', 1.7, 3),
  'large eyes, dark skin': face('#8a5a3c', '#66402b', '#1f1a20', '#b8863a', '#5e2c2c', 1.8, 3.5),
  'human eyes, light skin': face('#f6cfae', '#d99a78', '#7a3c22', '#4a6f86', '#b85c55', 1.15, 4.5),
  'human eyes, dark skin': face('#6f4630', '#502f22', '#181418', '#3a2417', '#4a2225', 1.15, 4),
  'thin lines': face('#fde7d8', '#f1c6b0', '#d9a441', '#8a4fb0', '#d9847c', 1.5, 2),
};

function face(
  skin: string,
  shade: string,
  hair: string,
  iris: string,
  lip: string,
  eyes: number,
  line: number,
): DrawnFace {
  return { skin, shade, hair, iris, lip, eyes, line };
}

/** A PNG of 512×512. `cutOut`: on a transparent ground. */
export function drawFace(look: DrawnFace, cutOut = false): Promise<Buffer> {
  const { skin, shade, hair, lip, line } = look;
  const ink = `stroke="${INK}" stroke-width="${line}" stroke-linejoin="round" stroke-linecap="round"`;
  const head =
    'M152 236 C150 120 362 120 360 236 C362 300 348 336 316 366 C292 390 274 402 256 402 C238 402 220 390 196 366 C164 336 150 300 152 236 Z';
  const fringe =
    'M140 280 C110 110 200 74 262 78 C340 76 402 120 372 280 L358 250 L346 176 L322 186 L308 152 L270 176 L258 146 L222 178 L206 150 L184 184 L166 176 L156 250 Z';
  return sharp(
    Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${SIDE}" height="${SIDE}">
      ${cutOut ? '' : '<rect width="512" height="512" fill="#b9cfe0"/>'}
      <path d="M130 200 C110 330 120 380 150 400 L362 400 C392 380 402 330 382 200 Z" fill="${hair}" ${ink}/>
      <path d="M218 360 L218 430 C190 450 120 450 92 512 L420 512 C392 450 322 450 294 430 L294 360 Z" fill="${skin}" ${ink}/>
      <path d="M219 378 C236 404 276 404 293 380 L293 412 C270 430 240 428 219 404 Z" fill="${shade}"/>
      <path d="M92 512 C110 460 160 446 196 440 L256 500 L316 440 C352 446 402 460 420 512 Z" fill="#5a7f8c" ${ink}/>
      <path d="${head}" fill="${skin}" ${ink}/>
      <path d="M340 230 C338 300 326 340 300 366 C322 350 352 310 357 250 Z" fill="${shade}"/>
      ${eyeOf(look, 206)}${eyeOf(look, 306)}
      <path d="M176 204 Q204 186 234 200 L234 206 Q204 194 176 204 Z" fill="${hair}" ${ink}/>
      <path d="M278 200 Q308 186 336 204 Q308 194 278 206 Z" fill="${hair}" ${ink}/>
      <path d="M262 250 C264 280 276 292 272 304 L256 308 L262 290 Z" fill="${shade}"/>
      <path d="M236 300 Q242 308 248 305 Q256 311 264 305 Q270 308 276 300" fill="none" ${ink}/>
      <path d="M222 345 Q246 335 256 339 Q266 335 290 345 Q256 372 222 345 Z" fill="${lip}"/>
      <path d="M220 345 Q256 350 292 345" fill="none" ${ink}/>
      <path d="M242 372 Q256 377 270 372" fill="none" stroke="${shade}" stroke-width="${line}"/>
      <path d="${fringe}" fill="${hair}" ${ink}/></svg>`),
  )
    .png()
    .toBuffer();
}

function eyeOf({ iris, eyes, line }: DrawnFace, x: number): string {
  const [wide, high] = [26 + 4 * (eyes - 1), 12 * eyes];
  const y = 240;
  const lens = `M${x - wide} ${y} Q${x - 0.4 * wide} ${y - 1.6 * high} ${x} ${y - 1.3 * high} Q${x + 0.8 * wide} ${y - 1.2 * high} ${x + wide} ${y} Q${x} ${y + 1.9 * high} ${x - wide} ${y} Z`;
  const r = Math.min(0.62 * wide, 12.5 * Math.sqrt(eyes));
  return `<clipPath id="e${x}"><path d="${lens}"/></clipPath><path d="${lens}" fill="#fdfbfb"/>
    <g clip-path="url(#e${x})"><ellipse cx="${x}" cy="${y}" rx="${r}" ry="${r * Math.min(1.4, Math.sqrt(eyes))}" fill="${iris}" stroke="${INK}" stroke-width="2"/>
    <ellipse cx="${x}" cy="${y}" rx="${0.45 * r}" ry="${0.55 * r}" fill="#1c1418"/><circle cx="${x - 0.35 * r}" cy="${y - 0.4 * r}" r="${0.25 * r}" fill="#fff"/></g>
    <path d="M${x - wide - 3} ${y + 1} Q${x - 0.4 * wide} ${y - 1.7 * high} ${x} ${y - 1.35 * high} Q${x + 0.8 * wide} ${y - 1.25 * high} ${x + wide + 3} ${y + 1}" fill="none" stroke="${INK}" stroke-width="${1.6 * line}" stroke-linecap="round"/>
    <path d="M${x - 0.6 * wide} ${y + 0.72 * high} Q${x} ${y + 1.15 * high} ${x + 0.6 * wide} ${y + 0.72 * high}" fill="none" stroke="${INK}" stroke-width="${0.6 * line}"/>`;
}
