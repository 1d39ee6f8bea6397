import { EventEmitter } from 'node:events';
import { type Backdrop, describeBackdrop } from '../../src/contract/backdrop.ts';
import { squareFormat } from '../../src/contract/formats.ts';
import type { VultusError } from '../../src/errors.ts';
import type { SessionApi, SessionEvents } from '../../src/session/session-api.ts';

/** A session that does what the test says and writes down what it was asked: for the tests of transports. */
export class ScriptedSession extends EventEmitter<SessionEvents> implements SessionApi {
  readonly id: string;
  readonly settings: SessionApi['settings'];
  readonly createdAt = new Date();
  readonly delayMs = 160;
  readonly state = 'idle';
  readonly calls: string[] = [];
  readonly voice: Float32Array[] = [];
  readonly stats = {
    fps: 25,
    framesSent: 0,
    framesLate: 0,
    bitrateKbps: 1500,
    delayMs: { p50: 90, p95: 140 },
    delayStages: { hold: { p50: 40, p95: 60 } },
    stages: { render: { p50: 7, p95: 9 } },
    queuedMs: 0,
    provider: 'cpu',
  };
  closed = false;

  constructor(id = 's1', settings: Partial<SessionApi['settings']> = {}) {
    super();
    this.id = id;
    this.settings = {
      avatarId: 'a1',
      ...squareFormat(512),
      fps: 25,
      codec: 'h264',
      bitrateKbps: 1500,
      seed: 1,
      latency: 'balanced',
      background: { kind: 'keep' },
      ...settings,
    };
    this.on('error', () => {});
  }

  hearUser(): void {
    this.calls.push('hearUser');
  }
  pushVoice(samples: Float32Array): void {
    this.voice.push(samples);
  }
  endSpeech(): void {
    this.calls.push('endSpeech');
  }
  interrupt(): void {
    this.calls.push('interrupt');
  }
  pause(): void {
    this.calls.push('pause');
  }
  resume(): void {
    this.calls.push('resume');
  }
  setControls(patch: object): void {
    this.calls.push(`setControls ${JSON.stringify(patch)}`);
  }
  setBackground(background: Backdrop): void {
    this.calls.push(`setBackground ${describeBackdrop(background)}`);
  }
  requestKeyFrame(): void {
    this.calls.push('requestKeyFrame');
  }
  setBitrate(bitrateKbps: number): void {
    this.calls.push(`setBitrate ${bitrateKbps}`);
  }
  setOutputs(outputs: object): void {
    this.calls.push(`setOutputs ${JSON.stringify(outputs)}`);
  }
  close(reason?: VultusError): void {
    if (this.closed) return;
    this.closed = true;
    this.emit('closed', reason);
  }
}
