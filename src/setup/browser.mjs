/** A Chrome or Chromium for the end-to-end tests. */
import { existsSync, readFileSync } from 'node:fs';
import { packageFile } from './dependencies.mjs';
import { findProgram, ROOT, runQuietly, SetupError, succeeds } from './steps.mjs';
import { installSystemPackages, mayInstall } from './system-packages.mjs';

/** In `VULTUS_BROWSER`: what needs a browser is left out. */
export const NO_BROWSER = 'none';

const NAMES = ['chromium', 'google-chrome', 'google-chrome-stable', 'chromium-browser', 'chrome'];
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
];

/** Path of an installed browser that really starts (Ubuntu has stubs that don't), or undefined. */
function findBrowser() {
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
 * Finds a browser; where there is none, one is installed with leave (see system-packages.mjs), or Playwright's is kept
 * in this folder.
 * @param {import('./runtime.mjs').Runtime} runtime @param {import('./steps.mjs').Reporter} reporter
 * @returns {Promise<string>} its path, or `none`, and said why
 */
export async function prepareBrowser(runtime, reporter) {
  if (process.env.VULTUS_BROWSER === NO_BROWSER) return NO_BROWSER;
  const installed = findBrowser();
  if (installed) {
    reporter.done('browser', installed);
    return installed;
  }
  const hint = 'Tests in a browser need one: install Chrome or Chromium, or name one in VULTUS_BROWSER.';
  try {
    if (await installSystemPackages(['chromium'], 'browser', reporter)) {
      const debian = findBrowser();
      if (debian) return debian;
    }
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    reporter.note("apt-get has none; trying Playwright's");
  }
  try {
    return await playwrightsBrowser(runtime, reporter, hint);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    reporter.note(`left out: tests in a browser. ${hint}`);
    return NO_BROWSER;
  }
}

/**
 * A Firefox beside it, for the tests in Firefox: those find an installed one by themselves. Debian's is installed with
 * leave; Ubuntu's package is a stub.
 * @param {import('./steps.mjs').Reporter} reporter
 */
export async function prepareFirefox(reporter) {
  const named = process.env.VULTUS_FIREFOX;
  const found = named ?? findProgram('firefox-esr') ?? findProgram('firefox');
  if (found) return reporter.done('Firefox', found);
  try {
    const isDebian =
      existsSync('/etc/os-release') && /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
    if (isDebian && (await installSystemPackages(['firefox-esr'], 'Firefox', reporter))) return;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
  }
  reporter.note('left out: tests in Firefox (VULTUS_FIREFOX names one)');
}

/**
 * @param {import('./runtime.mjs').Runtime} runtime @param {import('./steps.mjs').Reporter} reporter
 * @param {string} hint @returns {Promise<string>}
 */
async function playwrightsBrowser(runtime, reporter, hint) {
  const cli = packageFile('playwright-core/cli.js');
  const path = await playwrightsPath(runtime);
  if (!existsSync(path)) {
    await reporter.step('browser', "downloading Playwright's Chromium into .cache", () =>
      runQuietly(runtime.node, [cli, 'install', 'chromium'], { env: runtime.env, hint }),
    );
  }
  const libraries = 'playwright install-deps chromium (apt-get), for the libraries of the browser';
  if (!succeeds(path, ['--version']) && (await mayInstall(libraries, reporter))) {
    await reporter.step('browser', 'installing its libraries (apt-get)', () =>
      runQuietly(runtime.node, [cli, 'install-deps', 'chromium'], { env: runtime.env, hint }),
    );
  }
  if (!succeeds(path, ['--version'])) throw new SetupError(hint);
  reporter.done('browser', path);
  return path;
}

/** Where Playwright keeps (or would keep) its Chromium. @param {import('./runtime.mjs').Runtime} runtime */
async function playwrightsPath(runtime) {
  const script = "process.stdout.write(require('playwright-core').chromium.executablePath())";
  return runQuietly(runtime.node, ['-e', script], {
    cwd: ROOT,
    env: runtime.env,
    hint: 'playwright-core does not load: delete node_modules and try again.',
  });
}
