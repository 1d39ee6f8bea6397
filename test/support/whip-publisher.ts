import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { FormatContext } from 'node-av/lib';

const PUBLISHER = fileURLToPath(new URL('ffmpeg-publisher.ts', import.meta.url));

const hasMuxer = new FormatContext().allocOutputContext2(null, 'whip', 'http://localhost') >= 0;

/** Why FFmpeg cannot publish here. */
export const whipMissing = hasMuxer ? undefined : 'this FFmpeg has no whip muxer';

/** FFmpeg in a process of its own, that publishes a hum to WHIP, and black pictures with it. */
export async function publish(url: string, token: string, sends: 'voice' | 'video') {
  const child = fork(PUBLISHER, [url, token, sends], { stdio: ['ignore', 'inherit', 'pipe', 'ipc'] });
  let said = '';
  child.stderr?.on('data', (text) => {
    said += text;
  });
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const failed = ended.then((code) => Promise.reject(new Error(`FFmpeg ended with ${code}: ${said}`)));
  failed.catch(() => {});
  await Promise.race([once(child, 'message'), failed]);
  return {
    /** It says goodbye. @returns the exit status */
    end(): Promise<number | null> {
      child.send('end');
      return ended;
    },
    async close(): Promise<void> {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
