import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { liveKitServerPath } from '../../src/setup/counterparts.mjs';
import { pythonLacks, runPython } from '../support/python.ts';
import { startTestServer } from '../support/server.ts';
import { stockedCache } from '../support/stocked-cache.ts';

const FOLDER = fileURLToPath(new URL('../../src/python', import.meta.url));
/** Tests with servers of their own, of which several start one after the other, on a machine that may be slow. */
const LIMIT_MS = 20 * 60_000;
const lacks = pythonLacks('pipecat');

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

it.skipIf(lacks)(
  `the Python package with the real pipecat-ai and livekit-agents${lacks ? `: ${lacks}` : ''}`,
  { timeout: LIMIT_MS },
  async () => {
    // So that the servers find the gallery analysed.
    await (await startTestServer()).close();
    const cache = await stockedCache();
    folders.push(cache);
    const { status, said } = await runPython(
      ['-m', 'pytest', '-q', '-rs', '-p', 'no:cacheprovider', '--rootdir', FOLDER, `${FOLDER}/tests`],
      {
        env: {
          VULTUS_TEST_NODE: process.execPath,
          VULTUS_TEST_CACHE: cache,
          VULTUS_LIVEKIT_SERVER: liveKitServerPath(),
          PYTHONPATH: FOLDER,
        },
        limitMs: LIMIT_MS,
      },
    );
    if (status === 0) console.info(said.trim().split('\n').at(-1));
    else expect.fail(said);
  },
);
