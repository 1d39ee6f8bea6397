import { describe, expect, it } from 'vitest';
import { CUES } from '../../../src/audio/voice-activity/speech-cues.ts';
import type { AvatarState } from '../../../src/contract/controls.ts';
import { MOTION_RATE_HZ } from '../../../src/contract/motion-frame.ts';
import { type Direction, ListenerGaze } from '../../../src/engine/process/listener-gaze.ts';

type Look = Direction | undefined;

const PEOPLE = 40;

/** Cues of a user who talks, or whose turn has been over for so many seconds. */
function told({ voice = 0, turn = 0 }: { voice?: number; turn?: number }): Float32Array {
  const cues = new Float32Array(CUES.length).fill(0);
  cues[CUES.indexOf('microphone')] = 1;
  cues[CUES.indexOf('voice')] = voice;
  cues[CUES.indexOf('turn')] = turn;
  return cues;
}

/** Where each of many people looks in so many seconds, frame by frame. */
function gazes(
  seconds: number,
  heard: (atS: number) => { state: AvatarState; cues?: Float32Array },
): Look[][] {
  return Array.from({ length: PEOPLE }, (_, seed) => {
    const gaze = new ListenerGaze(seed);
    return Array.from({ length: seconds * MOTION_RATE_HZ }, (_, frame) => {
      const { state, cues } = heard(frame / MOTION_RATE_HZ);
      return gaze.aim({ frame, state, cues });
    });
  });
}

function share(looks: readonly Look[], is: (look: Look) => boolean): number {
  return looks.filter(is).length / looks.length;
}

const isAway = (look: Look) => look !== undefined && Math.hypot(look.yaw, look.pitch) > 0.05;
const isFree = (look: Look) => look === undefined;

describe('ListenerGaze', () => {
  it('looks at the one who talks, and now and then away for a moment', () => {
    const looks = gazes(60, () => ({ state: 'listening', cues: told({ voice: 1 }) }));
    const away = share(looks.flat(), isAway);
    expect(away).toBeGreaterThan(0.02);
    expect(away).toBeLessThan(0.1);
    expect(share(looks.flat(), isFree)).toBe(0);
  });

  it('looks away while it thinks, and about after that', () => {
    const looks = gazes(7, (atS) =>
      atS < 3
        ? { state: 'listening', cues: told({ voice: 1 }) }
        : { state: atS < 3.5 ? 'listening' : 'idle', cues: told({ turn: Math.max(0, 1 - (atS - 3) / 4) }) },
    );
    const within = (from: number, to: number) =>
      looks.flatMap((one) => one.slice(from * MOTION_RATE_HZ, to * MOTION_RATE_HZ));
    expect(share(within(3.4, 3.9), isAway)).toBeGreaterThan(0.6);
    const about = share(within(5, 7), isAway);
    expect(about).toBeGreaterThan(0.25);
    expect(about).toBeLessThan(0.55);
    // Nobody thinks up one and the same thing.
    const yaws = looks.map((one) => one[15 + 3 * MOTION_RATE_HZ]!.yaw);
    expect(Math.min(...yaws)).toBeLessThan(-0.05);
    expect(Math.max(...yaws)).toBeGreaterThan(0.05);
  });

  it('looks back as soon as the user goes on', () => {
    const looks = gazes(4, (atS) => ({
      state: atS < 2.3 ? 'listening' : atS < 2.6 ? 'idle' : 'listening',
      cues: told(atS < 2 ? { voice: 1 } : atS < 2.6 ? { turn: 1 } : { voice: 1 }),
    }));
    expect(
      share(
        looks.map((one) => one[64]!),
        isAway,
      ),
    ).toBeGreaterThan(0.5);
    expect(
      share(
        looks.map((one) => one[68]!),
        isAway,
      ),
    ).toBeLessThan(0.15);
  });

  it('meets the look of a user who looks back, with a microphone or without', () => {
    for (const cues of [told({}), undefined]) {
      const looks = Array.from({ length: PEOPLE }, (_, seed) => {
        const gaze = new ListenerGaze(seed);
        return Array.from({ length: 10 * MOTION_RATE_HZ }, (_, frame) => {
          const returns = frame < 5 * MOTION_RATE_HZ ? 0 : 1;
          return gaze.aim({ frame, state: 'idle', cues, seen: { nods: 0, returns, smile: 0 } });
        });
      });
      const away = (frame: number) =>
        share(
          looks.map((one) => one[frame]),
          isAway,
        );
      expect(away(5 * MOTION_RATE_HZ - 1)).toBeGreaterThan(0.25);
      expect(away(5 * MOTION_RATE_HZ)).toBe(0);
      expect(away(9 * MOTION_RATE_HZ)).toBeGreaterThan(0.25);
    }
  });

  it('turns to a voice as soon as it sounds', () => {
    const looks = gazes(6, (atS) => ({ state: 'idle', cues: told({ voice: atS < 5 ? 0 : 0.5 }) }));
    const away = (frame: number) =>
      share(
        looks.map((one) => one[frame]),
        isAway,
      );
    expect(away(5 * MOTION_RATE_HZ - 1)).toBeGreaterThan(0.25);
    expect(away(5 * MOTION_RATE_HZ)).toBe(0);
  });

  it('leaves alone whoever has no microphone or speaks', () => {
    const free = (state: AvatarState, cues?: Float32Array) =>
      gazes(5, () => ({ state, cues }))
        .flat()
        .every(isFree);
    expect(free('listening')).toBe(true);
    expect(free('speaking', told({ voice: 1, turn: 1 }))).toBe(true);
    expect(free('idle')).toBe(true);
  });
});
