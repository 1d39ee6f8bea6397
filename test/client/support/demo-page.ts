import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { build } from 'vite';

const DEMO = new URL('../../../client-demo/', import.meta.url);
const TYPES: Record<string, string> = {
  html: 'text/html',
  js: 'text/javascript',
  css: 'text/css',
  svg: 'image/svg+xml',
  wasm: 'application/wasm',
};

interface BuiltFile {
  fileName: string;
  code?: string;
  source?: string | Uint8Array;
}

/**
 * Builds the demo page as it is now, in memory; shows it at the address of a running server, under its content
 * security policy.
 */
export class DemoPage {
  readonly #files: Map<string, string | Buffer>;

  private constructor(files: Map<string, string | Buffer>) {
    this.#files = files;
  }

  static async build(): Promise<DemoPage> {
    const built = await build({
      configFile: new URL('vite.config.ts', DEMO).pathname,
      logLevel: 'silent',
      build: { write: false },
    });
    const files = new Map<string, string | Buffer>();
    for (const { fileName, code, source } of (built as unknown as { output: BuiltFile[] }).output) {
      files.set(fileName, code ?? Buffer.from(source as Uint8Array));
    }
    for (const name of ['favicon.svg', 'theme-boot.js']) {
      files.set(name, readFileSync(new URL(`public/${name}`, DEMO)));
    }
    return new DemoPage(files);
  }

  /** `path`: of the page, from the server's root. @returns what it asked of other origins: nothing, if all is well */
  async open(page: Page, url: string, voices: Record<string, Buffer> = {}, path = ''): Promise<string[]> {
    const foreign: string[] = [];
    const policy = (await fetch(url)).headers.get('content-security-policy');
    if (!policy) throw new Error('the server serves its page without a policy');
    const list = Object.keys(voices).map((file) => ({
      file,
      name: file.replace('.wav', ''),
      language: 'Tone',
    }));
    await page.route('**/*', (route) => {
      const asked = new URL(route.request().url());
      if (asked.origin !== url && asked.protocol.startsWith('http')) foreign.push(asked.href);
      const path = asked.pathname.slice(1) || 'index.html';
      if (path === 'voices/voices.json') return route.fulfill({ json: list });
      if (path === 'gallery/gallery.json') return route.fulfill({ json: [] });
      const body = voices[path.replace('voices/', '')] ?? this.#files.get(path);
      if (body === undefined) return route.continue();
      return route.fulfill({
        body,
        contentType: TYPES[path.split('.').at(-1) ?? ''] ?? 'audio/wav',
        headers: { 'content-security-policy': policy },
      });
    });
    await page.goto(new URL(path, url).href);
    return foreign;
  }
}
