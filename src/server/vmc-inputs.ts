import { VmcReceiver } from '../connection/vmc/vmc-receiver.ts';
import type { ServerContext } from './context.ts';

/**
 * Opens the ports of `--vmc-in`.
 * @throws VultusError `config_invalid`
 */
export async function openVmcInputs({
  config,
  sessions,
  avatars,
  budgets,
  log,
}: Pick<ServerContext, 'config' | 'sessions' | 'avatars' | 'budgets' | 'log'>): Promise<VmcReceiver[]> {
  const moved = async (wanted: string | undefined) => {
    if (wanted === undefined) return sessions.list();
    const named = (await avatars.list()).filter(({ id, name }) => id === wanted || isName(name, wanted));
    const ids = new Set(named.map(({ id }) => id));
    return sessions.list().filter(({ settings }) => ids.has(settings.avatarId));
  };
  const receivers: VmcReceiver[] = [];
  try {
    for (const input of config.vmcIn) {
      receivers.push(await VmcReceiver.open(input, { sessions: moved, budgets }));
      const whom = input.avatar ?? 'whoever is live';
      log.info(`motion by VMC: ${input.host}:${receivers.at(-1)!.port} moves ${whom}`);
    }
    return receivers;
  } catch (cause) {
    await Promise.all(receivers.map((receiver) => receiver.close()));
    throw cause;
  }
}

function isName(name: string, wanted: string): boolean {
  return name.localeCompare(wanted, undefined, { sensitivity: 'accent' }) === 0;
}
