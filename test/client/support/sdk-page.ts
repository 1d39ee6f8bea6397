import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import type * as Sdk from './sdk.ts';

/** What a page of these tests has in its global scope. */
export interface SdkScope {
  sdk: typeof Sdk;
  live: Sdk.LiveConnection;
  ended: string;
}

/** A page in a real browser, of the same origin as `url`, with the client SDK as a bundler packs it for users. */
export function openSdkPage(browser: Browser, url: string): Promise<Page> {
  return openBundledPage(browser, url, new URL('./sdk.ts', import.meta.url));
}

/** The same with what another module exports, as `sdk` too. */
export async function openBundledPage(browser: Browser, url: string, entry: URL): Promise<Page> {
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      lib: { entry: entry.pathname, formats: ['iife'], name: 'sdk' },
    },
  });
  const [{ output }] = built as { output: { code: string }[] }[];
  const page = await browser.newPage({ bypassCSP: true });
  await page.goto(`${url}/healthz`);
  await page.addScriptTag({ content: output[0].code.replace(/^\s*var sdk\s*=/, 'globalThis.sdk =') });
  return page;
}
