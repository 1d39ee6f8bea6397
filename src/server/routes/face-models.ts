import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseManifest } from '../../model/pack.ts';
import type { App, ServerContext } from '../context.ts';

/** What the page tracks a face with, in the viewer's own browser. */
const NAMES = ['faceDetector', 'faceMesh', 'iris', 'faceBasis'] as const;

/** The face models of the pack, for the page: files as they are, which say nothing of anybody. */
export async function faceModelRoutes(app: App, { config }: Pick<ServerContext, 'config'>): Promise<void> {
  for (const name of NAMES) {
    app.get(`/face-models/${name}`, { schema: { hide: true } }, async (request, reply) => {
      const manifest = parseManifest(await readFile(join(config.pack, 'pack.json')));
      const { file, sha256 } = manifest.files[name];
      const etag = `"${sha256}"`;
      reply.header('etag', etag).header('cache-control', 'no-cache');
      if (request.headers['if-none-match'] === etag) return reply.code(304).send();
      const bytes = await readFile(join(config.pack, file));
      return reply.type('application/octet-stream').send(bytes);
    });
  }
}
