/** What keeps `vultus serve` from starting whatever is set up: better said at once than after minutes of set-up. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { SetupError } from './steps.mjs';

/** As src/config.ts has it, which needs what is not installed yet. */
const LEAST_KEY_LENGTH = 8;
const USUAL = { host: 'localhost', port: 8080 };

/**
 * Everything else about the arguments is for the command itself to say.
 * @param {string[]} args of `vultus serve` @param {NodeJS.ProcessEnv} [env]
 * @throws SetupError where the API key is too short, or somebody else has the port
 */
export async function checkServe(args, env = process.env) {
  if (args.includes('--help') || args.includes('-h')) return;
  const key = givenAs(args, '--api-key') ?? (env.VULTUS_API_KEY || undefined);
  if (key !== undefined && key.length < LEAST_KEY_LENGTH)
    throw new SetupError(
      `The API key (--api-key, VULTUS_API_KEY) must have at least ${LEAST_KEY_LENGTH} characters.`,
    );
  const port = Number(givenAs(args, '--port') ?? (env.VULTUS_PORT || USUAL.port));
  const host = givenAs(args, '--host') ?? (env.VULTUS_HOST || USUAL.host);
  if (Number.isInteger(port) && port > 0 && port <= 65_535 && (await isTaken(host, port)))
    throw new SetupError(`Port ${port} is in use: end what has it, or take another one with --port.`);
}

/** Of the last one, as the command takes it: `--name value` or `--name=value`. @param {string[]} args @param {string} name */
function givenAs(args, name) {
  /** @type {string | undefined} */
  let value;
  for (const [i, arg] of args.entries()) {
    if (arg === name) value = args[i + 1];
    else if (arg.startsWith(`${name}=`)) value = arg.slice(name.length + 1);
  }
  return value;
}

/** @param {string} host @param {number} port */
async function isTaken(host, port) {
  const server = createServer();
  server.listen({ host, port });
  try {
    await once(server, 'listening');
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EADDRINUSE';
  }
  server.close();
  await once(server, 'close');
  return false;
}
