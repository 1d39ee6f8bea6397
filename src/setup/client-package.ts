/**
 * `npm run build:client [folder]`: the client as a package, by default in `dist/client`, for `npm pack` and
 * `npm publish`. It has no dependencies: what it needs of them is in it.
 */
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import rootPackage from '../../package.json' with { type: 'json' };
import { packageFile } from './dependencies.mjs';
import { ROOT, runMain, runQuietly } from './steps.mjs';

/** What `./livekit` stands on, which brings the others: whoever writes an agent has it. */
const AGENTS = '@livekit/agents';
const EXTERNAL = [AGENTS, '@livekit/rtc-node', 'livekit-server-sdk'];

/** Name of each part in the package, and its source; `.` is what everybody needs. */
const PARTS = {
  '.': 'index.ts',
  './web-codecs': 'web-codecs.ts',
  './overlay': 'overlay.ts',
  './element': 'element/index.ts',
  './openai-realtime': 'bridges/openai-realtime.ts',
  './gemini-live': 'bridges/gemini-live.ts',
  './livekit': 'livekit/index.ts',
} as const;
const CLIENT = join(ROOT, 'src/client');

const fileName = (part: string) => (part === '.' ? 'index' : part.slice(2));

/** Writes the package to `folder`, which is emptied before. */
export async function buildClientPackage(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await Promise.all([buildModules(folder), buildTypes(folder)]);
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest(), null, 2)}\n`);
  cpSync(join(CLIENT, 'README.md'), join(folder, 'README.md'));
  cpSync(join(CLIENT, 'examples'), join(folder, 'examples'), { recursive: true });
  cpSync(join(ROOT, 'LICENSE'), join(folder, 'LICENSE'));
  const library = readFileSync(join(ROOT, 'node_modules/@msgpack/msgpack/LICENSE'), 'utf8');
  writeFileSync(join(folder, 'NOTICE'), `Vultus client\n\nIncludes @msgpack/msgpack:\n\n${library}`);
}

async function buildModules(folder: string): Promise<void> {
  const entry = Object.entries(PARTS).map(([part, source]) => [fileName(part), join(CLIENT, source)]);
  await build({
    root: ROOT,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    // The worker is found beside the modules, wherever they are.
    base: './',
    build: {
      outDir: folder,
      emptyOutDir: false,
      target: 'es2022',
      lib: { entry: Object.fromEntries(entry), formats: ['es'] },
      rolldownOptions: { external: EXTERNAL, output: { chunkFileNames: 'parts/[name].js' } },
    },
  });
}

async function buildTypes(folder: string): Promise<void> {
  const types = join(folder, 'types');
  await runQuietly(
    process.execPath,
    [packageFile('typescript/bin/tsc'), '--project', CLIENT, '--outDir', types],
    { hint: 'The types of the client could not be written; the lines above say why.' },
  );
  for (const name of globSync('**/*.d.ts', { cwd: types })) {
    const file = join(types, name);
    // Sources import `.ts`, which a reader of declarations need not allow.
    const text = readFileSync(file, 'utf8').replace(/(["'])(\.[^"']*)\.ts\1/g, '$1$2.js$1');
    // Programs for Node alone do not have the types of browsers at hand.
    writeFileSync(file, `/// <reference lib="dom" />\n${text}`);
  }
}

function manifest(): object {
  const exports = Object.entries(PARTS).map(([part, source]) => [
    part,
    { types: `./types/client/${source.replace(/\.ts$/, '.d.ts')}`, default: `./${fileName(part)}.js` },
  ]);
  return {
    name: '@vultus/client',
    version: rootPackage.version,
    description: 'Client of Vultus, the real-time streaming server for live avatars, for browsers and Node.',
    license: rootPackage.license,
    type: 'module',
    engines: { node: '>=20' },
    peerDependencies: { [AGENTS]: '^1.9.0' },
    peerDependenciesMeta: { [AGENTS]: { optional: true } },
    exports: { ...Object.fromEntries(exports), './package.json': './package.json' },
    // The element defines itself.
    sideEffects: ['./element.js'],
  };
}

/** Bytes over the network of a module with all that it imports, gzipped one by one. */
export function gzippedBytes(folder: string, module = 'index.js'): number {
  const files = new Set<string>();
  const visit = (file: string) => {
    if (files.has(file)) return;
    files.add(file);
    const imports = readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?["'](\.[^"']+)["']/g);
    for (const [, path] of imports) visit(resolve(file, '..', path));
  };
  visit(join(folder, module));
  return [...files].reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0);
}

if (import.meta.main)
  await runMain(async () => {
    const folder = resolve(process.argv[2] ?? join(ROOT, 'dist/client'));
    await buildClientPackage(folder);
    for (const part of Object.keys(PARTS)) {
      const kilobytes = gzippedBytes(folder, `${fileName(part)}.js`) / 1000;
      process.stdout.write(
        `${part.padEnd(14)} ${kilobytes.toFixed(1)} kB gzipped, with all that it imports\n`,
      );
    }
    process.stdout.write(`Written to ${folder}: npm pack ${folder}\n`);
    return 0;
  });
