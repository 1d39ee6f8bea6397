import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OpusEncoder } from '../../../src/audio/opus.ts';
import { VoiceReceiver } from '../../../src/connection/webrtc/voice-receiver.ts';

const packet = new OpusEncoder().encode(new Float32Array(960).fill(0.1));

describe('VoiceReceiver', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('passes voice on in real time, and rests when there is none', () => {
    let played = 0;
    const receiver = new VoiceReceiver((samples) => {
      played += samples.length;
    });
    for (let i = 0; i < 50; i++) {
      receiver.receive({ sequenceNumber: (65_530 + i) & 0xffff, timestamp: i * 960 }, packet);
      vi.advanceTimersByTime(20);
    }
    expect(played).toBeGreaterThanOrEqual(48 * 960);
    vi.advanceTimersByTime(1000);
    expect(played).toBeLessThanOrEqual(57 * 960);
    expect(vi.getTimerCount()).toBe(0);
    receiver.receive({ sequenceNumber: 44, timestamp: 100 * 960 }, packet);
    expect(vi.getTimerCount()).toBe(1);
    receiver.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});
