import { AVMEDIA_TYPE_SUBTITLE, AVMEDIA_TYPE_VIDEO } from 'node-av/constants';
import { FormatContext, Packet } from 'node-av/lib';
import type { Cue } from '../../src/media/webvtt.ts';

/** What a film shows, by FFmpeg's demuxer. */
export function readFilm(path: string): { width: number; height: number; pictureMs: number[]; cues: Cue[] } {
  const container = new FormatContext();
  if (container.openInputSync(path) < 0) throw new Error(`${path} cannot be opened`);
  const [video, text] = [AVMEDIA_TYPE_VIDEO, AVMEDIA_TYPE_SUBTITLE].map((type) =>
    container.findBestStream(type, -1, -1),
  );
  const { width, height } = container.streams[video].codecpar;
  const film = { width, height, pictureMs: [] as number[], cues: [] as Cue[] };
  const packet = new Packet();
  packet.alloc();
  while (container.readFrameSync(packet) >= 0) {
    const tickMs = 1000 * container.streams[packet.streamIndex].timeBase.toDouble();
    const ms = (time: bigint) => Math.round(Number(time) * tickMs);
    if (packet.streamIndex === video) film.pictureMs.push(ms(packet.pts));
    // The gaps between captions are samples without text.
    else if (packet.streamIndex === text && packet.data!.length > 2) {
      const startMs = ms(packet.pts);
      const endMs = startMs + ms(packet.duration);
      film.cues.push({ text: packet.data!.toString('utf8', 2), startMs, endMs });
    }
    packet.unref();
  }
  packet.free();
  container.closeInputSync();
  film.pictureMs.sort((a, b) => a - b);
  return film;
}
