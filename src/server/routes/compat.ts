import type { App, ServerContext } from '../context.ts';
import type { LiveKitSessions } from '../livekit-sessions.ts';
import { anamRoutes } from './compat-anam.ts';
import { beyRoutes } from './compat-bey.ts';
import { bitHumanRoutes } from './compat-bithuman.ts';

/**
 * What plugins of LiveKit's agents for other avatars ask their own servers for: with one address set they ask this
 * one. Their avatars' ids are ours, their key is ours; what they say beyond that is left aside.
 */
export async function compatRoutes(
  app: App,
  context: ServerContext,
  livekit: LiveKitSessions,
): Promise<void> {
  for (const routes of [beyRoutes, bitHumanRoutes, anamRoutes])
    await app.register((scope) => routes(scope.withTypeProvider(), context, livekit));
}
