/**
 * Draws close-ups with the code of a checkout, this one or another: its analysis, its renderer.
 * `node draw.ts <checkout> <folder> <photograph> <deadline, ms since 1970> <portrait …>`: a strip `<portrait>/<row>.jpg`
 * for each row, and `refused.txt` for who is. Rigs are kept, so who is called again goes on where time had run out.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { deserialize, serialize } from 'node:v8';
import sharp from 'sharp';
import type { Backdrop } from '../../src/contract/backdrop.ts';
import type { PortraitAnalyser, Renderer, RendererKind } from '../../src/render/renderer.ts';
import type { rigKey as RigKey } from '../../src/render/rig-key.ts';
import type { Rig } from '../../src/render/warp/rig.ts';
import { poseFrame } from '../../src/render/warp/sheet/poses.ts';
import type { WarpAvatar } from '../../src/render/warp/warp-avatar.ts';
import { CELL, cropOf } from './crops.ts';
import { type Ground, ROWS } from './rows.ts';

/** Pictures are drawn so large that a mouth's cell shows it nearly pixel by pixel. */
const SIDE = 768;
const LABEL_HEIGHT = 16;
const QUALITY = 90;

const [checkout, folder, photograph, deadline, ...portraits] = process.argv.slice(2);
const of = (path: string) => import(pathToFileURL(join(checkout, 'src', path)).href);
const { squareFormat } = await of('contract/formats.ts');
const { createI420 } = await of('image/i420.ts');
const { toRgb } = await of('image/colour.ts');
const { readImageFile } = await of('image/image-file.ts');
const { frameHead } = await of('render/warp/head/framing.ts');

const GROUNDS: Record<Ground, Backdrop> = {
  black: { kind: 'colour', red: 0, green: 0, blue: 0 },
  white: { kind: 'colour', red: 255, green: 255, blue: 255 },
  green: { kind: 'colour', red: 0, green: 177, blue: 64 },
  photograph: { kind: 'picture', picture: await readImageFile(await readFile(photograph), SIDE) },
};

const { analyser, renderer, key } = await open();
for (const file of portraits) {
  if (Date.now() > Number(deadline)) break;
  const out = join(folder, basename(file).replace(/\.\w+$/, ''));
  await mkdir(out, { recursive: true });
  const rig = await rigOf(file).catch(async (cause) => {
    if (typeof cause.code !== 'string') throw cause;
    await writeFile(join(out, 'refused.txt'), cause.code);
  });
  if (rig) await drawRows(rig, out);
}
await analyser.close();
await renderer.close();

/** In this process: one of its own, as the server has, waits for all others on the machine. */
async function open(): Promise<{ analyser: PortraitAnalyser; renderer: Renderer; key: string }> {
  const { loadPack, BUILTIN_PACK } = await of('model/pack.ts');
  const { GraphLoader } = await of('model/providers.ts');
  const { rigKey }: { rigKey: typeof RigKey } = await of('render/rig-key.ts');
  const pack = await loadPack(BUILTIN_PACK);
  const kind: RendererKind = (await of('render/renderers.ts')).rendererOf(pack);
  return {
    analyser: await kind.openAnalyser(pack),
    renderer: await kind.openRenderer(pack, await GraphLoader.choose('cpu', pack.graphFiles.render)),
    key: rigKey(kind, pack),
  };
}

async function rigOf(file: string): Promise<Rig> {
  const bytes = await readFile(file);
  const hash = createHash('sha256').update(key).update(bytes).digest('hex').slice(0, 16);
  const kept = join(folder, 'rigs', `${hash}.rig`);
  if (existsSync(kept)) return deserialize(await readFile(kept));
  const { rig } = await analyser.analyse(bytes);
  await mkdir(join(folder, 'rigs'), { recursive: true });
  await writeFile(kept, serialize(rig));
  return rig as Rig;
}

async function drawRows(rig: Rig, out: string): Promise<void> {
  const format = squareFormat(SIDE);
  const avatar = renderer.prepare(rig, format) as WarpAvatar;
  const picture = createI420(SIDE, SIDE);
  await avatar.draw(poseFrame({}), picture);
  const { pixelsPerView } = frameHead(rig, format);
  const rest = avatar.posed.map((value) => value * pixelsPerView);
  for (const { name, crop, cells } of ROWS) {
    const { width, height } = CELL[crop];
    const parts = [];
    for (const [i, { label, pose, ground }] of cells.entries()) {
      avatar.setBackdrop(ground ? GROUNDS[ground] : { kind: 'keep' });
      await avatar.draw(poseFrame(pose), picture);
      const input = await sharp(Buffer.from(toRgb(picture).data), {
        raw: { width: SIDE, height: SIDE, channels: 3 },
      })
        .extract(cropOf(crop, rest, SIDE))
        .resize(width, height, { fit: 'fill', kernel: 'cubic' })
        .png({ compressionLevel: 1 })
        .toBuffer();
      parts.push({ input, left: i * width, top: LABEL_HEIGHT });
      parts.push({ input: labelled(label, width), left: i * width, top: 0 });
    }
    await sharp({
      create: {
        width: cells.length * width,
        height: height + LABEL_HEIGHT,
        channels: 3,
        background: '#16181d',
      },
    })
      .composite(parts)
      .jpeg({ quality: QUALITY })
      .toFile(join(out, `${name}.jpg`));
  }
}

function labelled(text: string, width: number): Buffer {
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${LABEL_HEIGHT}">` +
      `<text x="4" y="12" font-family="sans-serif" font-size="11" fill="#e8e8e8">${text}</text></svg>`,
  );
}
