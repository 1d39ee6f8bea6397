#!/usr/bin/env node
/** The `vultus` command: sets up what is missing, then runs the CLI in the caller's folder. */
import { join } from 'node:path';
import { prepare } from './prepare.mjs';
import { checkServe } from './serve-checks.mjs';
import { Reporter, ROOT, runMain, runVisibly } from './steps.mjs';

await runMain(async () => {
  const args = process.argv.slice(2);
  if (args[0] === 'serve') await checkServe(args.slice(1));
  const reporter = new Reporter({ stream: process.stderr, quiet: true });
  const runtime = await prepare(reporter, { page: args[0] === 'serve' });
  return runVisibly(runtime.node, [join(ROOT, 'src/main.ts'), ...args], { env: runtime.env });
});
