/** `npm run setup`: sets up what `npm start` needs, and serves nothing. For images of machines, and before going offline. */
import { prepare } from './prepare.mjs';
import { Reporter, runMain } from './steps.mjs';

await runMain(async () => {
  await prepare(new Reporter(), { page: true });
  process.stdout.write('Everything is there: npm start serves.\n');
  return 0;
});
