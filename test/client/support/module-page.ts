import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';

/** Where the page has what it is given. */
const PLACE = '/test-files/';
const PAGE =
  '<!doctype html><script type="module">import * as sdk from "./sdk.js"; globalThis.sdk = sdk;</script>';

/**
 * A page in a real browser, of the same origin as `url`, with what a module exports as `sdk`: bundled as for users,
 * workers beside it. `files`: served beside the module, by their names.
 */
export async function openModulePage(
  browser: Browser,
  url: string,
  entry: URL,
  files: Record<string, Uint8Array> = {},
): Promise<Page> {
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    publicDir: false,
    base: './',
    build: {
      write: false,
      target: 'es2022',
      lib: { entry: { sdk: entry.pathname }, formats: ['es'] },
    },
  });
  const outputs = (
    built as unknown as { output: { fileName: string; code?: string; source?: string }[] }[]
  )[0].output;
  // What is served by the test itself is of no network, from which a browser asks before it dials this machine.
  const page = await browser.newPage({ permissions: ['local-network-access'] });
  await page.route(`${url}${PLACE}**`, (route) => {
    const name = new URL(route.request().url()).pathname.slice(PLACE.length);
    const code = outputs.find(({ fileName }) => fileName === name);
    if (code) return route.fulfill({ body: code.code ?? code.source ?? '', contentType: 'text/javascript' });
    if (files[name]) return route.fulfill({ body: Buffer.from(files[name]) });
    return route.fulfill({ body: PAGE, contentType: 'text/html' });
  });
  await page.goto(`${url}${PLACE}`);
  await page.waitForFunction('globalThis.sdk');
  return page;
}
