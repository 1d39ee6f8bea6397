import { VultusClientError } from './client-error.ts';

/** The first microphone track of what the caller gave. @throws VultusClientError `invalid_audio` */
export function audioTrackOf(microphone: MediaStream | MediaStreamTrack | null): MediaStreamTrack | null {
  if (microphone === null) return null;
  const track = 'getAudioTracks' in microphone ? microphone.getAudioTracks()[0] : microphone;
  if (track?.kind !== 'audio') {
    throw new VultusClientError('invalid_audio', 'The stream given as microphone has no audio track.');
  }
  return track;
}
