/** What every command needs before it can run: Node 24, the dependencies, and, where asked for, page and browser. */
import { prepareBrowser } from './browser.mjs';
import { prepareDependencies } from './dependencies.mjs';
import { preparePage } from './page.mjs';
import { prepareRuntime } from './runtime.mjs';

/**
 * @param {import('./steps.mjs').Reporter} reporter
 * @param {{ page?: boolean, browser?: boolean }} [needs]
 * @returns {Promise<import('./runtime.mjs').Runtime & { browser?: string }>} `browser`: its path, or `none`
 */
export async function prepare(reporter, { page = false, browser = false } = {}) {
  const runtime = await prepareRuntime(reporter);
  await prepareDependencies(runtime, reporter);
  if (page) await preparePage(runtime, reporter);
  return browser ? { ...runtime, browser: await prepareBrowser(runtime, reporter) } : runtime;
}
