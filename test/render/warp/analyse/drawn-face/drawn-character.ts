/** A character drawn for the tests: shapes that no training has seen, with its points known. */
import sharp from 'sharp';

export const SIDE = 512;
/** Places in the picture, pixels. "Right" is the character's own. */
export const PLACES = {
  rightEye: [212, 262],
  leftEye: [300, 262],
  mouthRight: [238, 330],
  mouthLeft: [274, 330],
  chin: [256, 366],
} as const;

/**
 * PNG with a transparent ground: round head, tall eyes, hair, shoulders; without its features if `face` is false,
 * `larger` than SIDE so many times.
 */
export async function drawnCharacter({ face = true, larger = 1 } = {}): Promise<Buffer> {
  const eye = (x: number) => `
    <ellipse cx="${x}" cy="262" rx="19" ry="25" fill="#fff"/>
    <ellipse cx="${x}" cy="265" rx="13" ry="20" fill="#7a3d12"/>
    <ellipse cx="${x}" cy="266" rx="6" ry="10" fill="#170a04"/>
    <circle cx="${x - 5}" cy="256" r="4.5" fill="#fff"/>
    <path d="M${x - 20} 256 Q${x} 226 ${x + 20} 256 Q${x} 234 ${x - 20} 256 Z" fill="#22140f"/>
    <path d="M${x - 10} 285 Q${x} 290 ${x + 10} 285" fill="none" stroke="#22140f" stroke-width="1.5"/>
    <path d="M${x - 20} 214 Q${x} 205 ${x + 20} 214" fill="none" stroke="#3a1f10" stroke-width="3"/>`;
  const features = `${eye(212)}${eye(300)}
    <path d="M255 300 l3 7 l-4 1" fill="none" stroke="#9a5a45" stroke-width="2"/>
    <path d="M238 330 Q256 338 274 330" fill="none" stroke="#6b2a22" stroke-width="3" stroke-linecap="round"/>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${larger * SIDE}" height="${larger * SIDE}" viewBox="0 0 ${SIDE} ${SIDE}">
    <path d="M140 260 C130 90 382 90 372 260 L390 420 L122 420 Z" fill="#54301c"/>
    <path d="M236 350 h40 v40 l110 60 v70 h-260 v-70 l110 -60 Z" fill="#f3c9ad"/>
    <path d="M110 520 L130 440 L226 392 L256 430 L286 392 L382 440 L402 520 Z" fill="#2f5d8a"/>
    <path d="M166 240 C166 300 190 340 256 366 C322 340 346 300 346 240 C346 150 166 150 166 240 Z"
      fill="#fbdcc4" stroke="#7a4632" stroke-width="2.5"/>
    ${face ? features : ''}
    <path d="M150 250 C150 110 362 110 362 250 L340 196 L318 226 L300 184 L262 222 L240 182 L212 224 L190 190 L172 230 Z"
      fill="#6b3e25" stroke="#38200f" stroke-width="2.5"/>
  </svg>`;
  return sharp(Buffer.from(svg)).png().toBuffer();
}
