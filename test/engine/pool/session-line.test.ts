import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { NEUTRAL_CONTROLS } from '../../../src/contract/controls.ts';
import { DEFAULT_SETTINGS } from '../../../src/contract/session-settings.ts';
import type { ToSession } from '../../../src/engine/messages.ts';
import type { EngineNode } from '../../../src/engine/node.ts';
import { SessionLine } from '../../../src/engine/pool/session-line.ts';
import type { Rig } from '../../../src/render/renderer.ts';

it('does not carry voice to an engine that would refuse it', () => {
  const sent: ToSession[] = [];
  const node: EngineNode = {
    info: { provider: 'cpu', pack: { name: 'test', version: '1' } },
    load: { busy: 0, recoveryS: 0, residentBytes: 0, processorMs: 0 },
    events: new EventEmitter(),
    open: () => {},
    send: (_, message) => sent.push(message),
    close: async () => {},
  };
  const line = new SessionLine({
    id: 's1',
    rig: {} as Rig,
    settings: { ...DEFAULT_SETTINGS, avatarId: 'a1', seed: 1 },
    controls: NEUTRAL_CONTROLS,
    listener: { event: () => {}, error: () => {} },
    onEnd: () => {},
  });
  void line.openOn(node);
  const second = new Float32Array(48_000);
  const receivedS = () => sent.filter(({ type }) => type === 'voice').length;
  line.beginSpeech(1);
  const say = () => {
    line.assertRoom(second.length);
    line.pushVoice(1, second, false);
  };
  const push = () => {
    for (let s = 0; s < 200; s++) say();
  };
  expect(push).toThrow(expect.objectContaining({ code: 'audio_buffer_full' }));
  expect(receivedS()).toBe(120);
  const progress = { clockMs: 0, frame: new Float32Array(58), current: undefined };
  const tell = (unplayedSamples: number, epoch: number) =>
    line.receive(
      {
        type: 'progress',
        progress: { ...progress, epoch, receivedSamples: receivedS() * 48_000, unplayedSamples },
      },
      0,
    );
  // All of it has arrived, and two minutes of it wait: there is no more room than before.
  tell(120 * 48_000, 0);
  expect(push).toThrow(expect.objectContaining({ code: 'audio_buffer_full' }));
  expect(receivedS()).toBe(120);
  line.interrupt(1, [1]);
  tell(0, 1);
  say();
  expect(receivedS()).toBe(121);
});
