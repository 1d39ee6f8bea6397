/** Longer recordings would only fill the page's memory. */
const MAX_BYTES = 60 * 1024 * 1024;

/**
 * A sound file as mono samples −1..1 at `sampleRateHz`.
 * @throws Error with a sentence to show
 */
export async function decodeAudio(file: Blob, sampleRateHz: number): Promise<Float32Array> {
  if (file.size > MAX_BYTES) throw new Error('The sound file is larger than 60 MB.');
  const context = new OfflineAudioContext(1, 1, sampleRateHz);
  let decoded: AudioBuffer;
  try {
    decoded = await context.decodeAudioData(await file.arrayBuffer());
  } catch {
    throw new Error('The browser cannot read this sound file; use WAV, MP3, Ogg, FLAC or M4A.');
  }
  const mono = new Float32Array(decoded.length);
  for (let channel = 0; channel < decoded.numberOfChannels; channel++) {
    const samples = decoded.getChannelData(channel);
    for (let i = 0; i < mono.length; i++) mono[i] += samples[i] / decoded.numberOfChannels;
  }
  return mono;
}
