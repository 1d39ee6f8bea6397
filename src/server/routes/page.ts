import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import { ROOT } from '../../config.ts';
import type { App } from '../context.ts';

const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Vultus</title>
<body style="font: 1rem/1.6 system-ui; max-width: 40rem; margin: 4rem auto; padding: 0 1rem">
<h1>Vultus is running</h1>
<p>The demo page has not been built. <code>npm start</code> builds it before it serves; so does
<code>npx vite build client-demo</code>.</p><p>The API is described at <a href="/docs">/docs</a>.</p></body></html>`;

/** The demo page at `/`, or a page that says how to build it. */
export async function pageRoutes(app: App, folder = join(ROOT, 'client-demo/dist')): Promise<void> {
  if (!existsSync(join(folder, 'index.html'))) {
    app.get('/', { schema: { hide: true } }, async (_request, reply) =>
      reply.type('text/html; charset=utf-8').serializer(String).send(NOT_BUILT),
    );
    return;
  }
  await app.register(fastifyStatic, {
    root: folder,
    schemaHide: true,
    setHeaders: (reply, path) => {
      // Names of built files carry a hash of their contents; everything else is asked for again.
      const forever = path.startsWith(join(folder, 'assets'));
      reply.header('cache-control', forever ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
}
