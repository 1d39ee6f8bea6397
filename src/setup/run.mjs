/** `node src/setup/run.mjs FILE arguments…`: sets up what is missing, then runs a file of the project. */
import { resolve } from 'node:path';
import { prepare } from './prepare.mjs';
import { Reporter, ROOT, runMain, runVisibly, SetupError } from './steps.mjs';

await runMain(async () => {
  const [file, ...args] = process.argv.slice(2);
  if (!file) throw new SetupError('Usage: node src/setup/run.mjs FILE [arguments…]');
  const runtime = await prepare(new Reporter({ stream: process.stderr, quiet: true }));
  return runVisibly(runtime.node, [resolve(ROOT, file), ...args], { env: runtime.env });
});
