import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { pythonLacks, runPython } from '../../support/python.ts';
import { serverTarget } from '../target.ts';

/** Of one seed: its description is gone through once, the rest of the time is for what follows from the seed. */
const SECONDS = 15;
/** On a machine that is busy, and for what it needs to make a failure smaller. */
const MOST_MS = 100_000;
const PROGRAM = 'from schemathesis.cli import schemathesis; schemathesis()';
const HOOKS = fileURLToPath(new URL('../python/schemathesis_hooks.py', import.meta.url));
/** A server that is full says so: a status from 500 on is a fault where the description does not have it. */
const CHECKS = [
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'negative_data_rejection',
];

/**
 * Requests made by schemathesis from the OpenAPI document.
 * @param seconds for all; a failure may take longer
 * @param sparedSession the id of a session that is left alone
 * @throws Error where an answer is none that the document tells of, or a request that it forbids is taken
 */
export async function expectAsDescribed(
  url: string,
  { seed, seconds, sparedSession }: { seed: number; seconds: number; sparedSession?: string },
): Promise<void> {
  const { status, said } = await runPython(
    [
      ...['-c', PROGRAM, 'run', `${url}/docs/json`],
      ...['--seed', String(seed), '--max-time', String(seconds), '--phases', 'coverage,fuzzing'],
      ...['--checks', CHECKS.join(), '--continue-on-failure', '--no-color', '--warnings', 'off'],
      ...['--generation-database', 'none'],
      // It writes no SDP; whip.ts does.
      ...['--exclude-path-regex', '/(whip|whep)'],
    ],
    { env: { SCHEMATHESIS_HOOKS: HOOKS, VULTUS_SPARED_SESSION: sparedSession ?? '' }, limitMs: MOST_MS },
  );
  if (status === 0) return;
  const kinds = [...new Set(said.match(/ST\d+ [A-Z][^\n:]*/g))].sort().join(', ');
  throw new Error(`schemathesis: ${kinds || `it ended with ${status}`}\n${said}`);
}

/** All answers are as the OpenAPI document says: schemathesis tries them, where Python has it. */
export const openapi = serverTarget<number>({
  name: 'openapi',
  runsInSuite: 1,
  missing: () => pythonLacks('schemathesis'),
  async open(server) {
    return {
      inputs: fc.noShrink(fc.nat()),
      async attempt(seed) {
        try {
          await expectAsDescribed(server.url, {
            seed,
            seconds: SECONDS,
            sparedSession: server.neighbourId,
          });
        } finally {
          await server.closeOtherSessions();
        }
      },
    };
  },
});
