import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

// The demo page and the overlay for streams: `npx vite build client-demo` writes client-demo/dist, which the server serves
// at `/`.
// `npx vite client-demo` serves it with live reload, against a server on port 8080.
const server = process.env.VULTUS_URL ?? 'http://localhost:8080';

const page = (name: string) => fileURLToPath(new URL(name, import.meta.url));

export default defineConfig({
  root: page('.'),
  base: './',
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: { input: ['index.html', 'overlay.html'].map((name) => page(name)) },
  },
  server: {
    fs: { allow: ['..'] },
    proxy: { '/v1': { target: server, ws: true }, '/healthz': server, '/face-models': server },
  },
});
