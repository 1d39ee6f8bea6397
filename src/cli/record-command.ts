import type { Command } from 'commander';
import { webVtt } from '../media/webvtt.ts';
import { integerBetween } from './control-options.ts';
import { OutputFile } from './output-file.ts';
import { CAPTIONS, FILM } from './render-command.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

interface RecordFlags {
  output: string;
  seconds?: number;
  apiKey?: string;
  token?: string;
}

/** `vultus record <session> -o out.mp4` */
export function addRecordCommand(program: Command): void {
  program
    .command('record')
    .description('make a video of a live session, as its viewers see and hear it, until it ends or Ctrl-C')
    .argument('<session>', 'http(s)://…/v1/sessions/<id>')
    .requiredOption(
      '-o, --output <file>',
      'MP4 to write; takes its place when it is complete, with captions (.vtt) beside it and as a track in it where words are given',
    )
    .option('--seconds <n>', 'not longer than that', integerBetween(1, 86_400))
    .option('--api-key <key>', 'of the server [VULTUS_API_KEY]')
    .option('--token <token>', 'of the session, in place of a key')
    .action(record);
}

async function record(url: string, { output, seconds, apiKey, token }: RecordFlags): Promise<void> {
  const endsBySignal = { endsBySignal: true };
  const film = OutputFile.create(output, FILM, endsBySignal);
  const captions = OutputFile.create(output.replace(/\.\w+$/, '.vtt'), CAPTIONS, endsBySignal);
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  for (const signal of SIGNALS) process.once(signal, stop);
  const timer = seconds === undefined ? undefined : setTimeout(stop, 1000 * seconds);
  try {
    const { recordSession } = await import('../recording/record-session.ts');
    const recorded = await recordSession(url, film.path, {
      apiKey: apiKey ?? process.env.VULTUS_API_KEY,
      token,
      signal: stopping.signal,
      onBegun: () => console.error('… recording'),
    });
    if (recorded.cues.length > 0) {
      await captions.write(webVtt(recorded.cues));
      await captions.complete();
    }
    if (recorded.seconds > 0) await film.complete();
    console.error(`${output}: ${recorded.seconds.toFixed(1)} s of video, ${recorded.cues.length} captions`);
  } finally {
    clearTimeout(timer);
    for (const signal of SIGNALS) process.off(signal, stop);
    film.discard();
    captions.discard();
  }
}
