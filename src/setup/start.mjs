/** `npm start [-- arguments of vultus serve]`: sets everything up, then serves. */
import { join } from 'node:path';
import { prepare } from './prepare.mjs';
import { checkServe } from './serve-checks.mjs';
import { Reporter, ROOT, runMain, runVisibly } from './steps.mjs';

await runMain(async () => {
  await checkServe(process.argv.slice(2));
  const runtime = await prepare(new Reporter(), { page: true });
  const args = [join(ROOT, 'src/main.ts'), 'serve', ...process.argv.slice(2)];
  return runVisibly(runtime.node, args, { env: runtime.env });
});
