/** What every command needs before it can run: Node 24, the dependencies, and, for tests, whom they talk to. */
import { prepareBrowser, prepareFirefox } from './browser.mjs';
import { startCounterparts } from './counterparts.mjs';
import { prepareDependencies } from './dependencies.mjs';
import { alone } from './lock.mjs';
import { preparePage } from './page.mjs';
import { prepareRuntime } from './runtime.mjs';

/** @typedef {import('./runtime.mjs').Runtime} Runtime */

/**
 * @param {import('./steps.mjs').Reporter} reporter @param {{ page?: boolean }} [needs]
 * @returns {Promise<Runtime>}
 */
export function prepare(reporter, { page = false } = {}) {
  return alone(reporter, async () => {
    const runtime = await prepareRuntime(reporter);
    await prepareDependencies(runtime, reporter);
    if (page) await preparePage(runtime, reporter);
    return runtime;
  });
}

/**
 * With the page, browsers and counterparts. `browser` is a path, or `none`; the environment names what there is.
 * @param {import('./steps.mjs').Reporter} reporter
 * @returns {Promise<Runtime & { browser: string }>}
 */
export function prepareTests(reporter) {
  return alone(reporter, async () => {
    const runtime = await prepareRuntime(reporter);
    const counterparts = await startCounterparts(runtime, reporter);
    try {
      await prepareDependencies(runtime, reporter);
      await preparePage(runtime, reporter);
      const browser = await prepareBrowser(runtime, reporter);
      await prepareFirefox(reporter);
      const env = { ...runtime.env, VULTUS_BROWSER: browser, ...(await counterparts.finish()) };
      return { ...runtime, env, browser };
    } catch (error) {
      counterparts.stop();
      throw error;
    }
  });
}
