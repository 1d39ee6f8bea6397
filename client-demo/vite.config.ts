import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

// The demo page: `npx vite build client-demo` writes client-demo/dist, which the server serves at `/`.
// `npx vite client-demo` serves it with live reload, against a server on port 8080.
const server = process.env.VULTUS_URL ?? 'http://localhost:8080';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  server: {
    fs: { allow: ['..'] },
    proxy: { '/v1': { target: server, ws: true }, '/healthz': server, '/face-models': server },
  },
});
