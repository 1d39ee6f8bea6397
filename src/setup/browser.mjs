/** A Chrome or Chromium for the end-to-end tests. */
import { existsSync } from 'node:fs';
import { packageFile } from './dependencies.mjs';
import {
  canInstallDebianPackages,
  findProgram,
  installDebianPackages,
  ROOT,
  runQuietly,
  SetupError,
  succeeds,
} from './steps.mjs';

const NAMES = ['chromium', 'google-chrome', 'google-chrome-stable', 'chromium-browser', 'chrome'];
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
];

/** Path of an installed browser that really starts (Ubuntu has stubs that don't), or undefined. */
export function findBrowser() {
  const named = process.env.VULTUS_BROWSER;
  if (named) {
    if (existsSync(named)) return named;
    throw new SetupError(`VULTUS_BROWSER names ${named}, which does not exist.`);
  }
  const candidates = [
    ...NAMES.map((name) => findProgram(name)),
    ...PLACES.filter((path) => existsSync(path)),
  ];
  // chrome.exe --version opens a window instead of answering.
  return candidates.find((path) => path && (process.platform === 'win32' || succeeds(path, ['--version'])));
}

/**
 * Finds a browser, installing one where there is none.
 * @param {import('./runtime.mjs').Runtime} runtime @param {import('./steps.mjs').Reporter} reporter
 * @returns {Promise<string>} its path
 */
export async function prepareBrowser(runtime, reporter) {
  const installed = findBrowser();
  if (installed) {
    reporter.done('browser', installed);
    return installed;
  }
  const hint =
    'The end-to-end tests need a browser: install Chrome or Chromium, or name one in VULTUS_BROWSER.';
  if (canInstallDebianPackages()) {
    try {
      await reporter.step('browser', "installing Debian's chromium (apt-get)", () =>
        installDebianPackages(['chromium'], hint),
      );
    } catch {
      reporter.note("apt-get has none; trying Playwright's");
    }
    const debian = findBrowser();
    if (debian) return debian;
  }
  const cli = packageFile('playwright-core/cli.js');
  const downloaded = await playwrightBrowser(runtime);
  if (existsSync(downloaded) && succeeds(downloaded, ['--version'])) {
    reporter.done('browser', downloaded);
    return downloaded;
  }
  await reporter.step('browser', "downloading Playwright's Chromium", async () => {
    await runQuietly(runtime.node, [cli, 'install', 'chromium'], { env: runtime.env, hint });
    if (canInstallDebianPackages()) {
      await runQuietly(runtime.node, [cli, 'install-deps', 'chromium'], { env: runtime.env, hint });
    }
    if (!succeeds(downloaded, ['--version'])) throw new SetupError(hint);
  });
  return downloaded;
}

/** Where Playwright keeps (or would keep) its Chromium. @param {import('./runtime.mjs').Runtime} runtime */
async function playwrightBrowser(runtime) {
  const script = "process.stdout.write(require('playwright-core').chromium.executablePath())";
  return runQuietly(runtime.node, ['-e', script], {
    cwd: ROOT,
    env: runtime.env,
    hint: 'playwright-core does not load: delete node_modules and try again.',
  });
}
