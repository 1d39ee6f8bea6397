import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import type { SessionSettings } from '../../src/contract/session-settings.ts';
import type { EnginePool } from '../../src/engine/pool/engine-pool.ts';
import type { Rig } from '../../src/render/renderer.ts';
import { BrowserPeer } from '../../test/support/browser-peer.ts';
import { openSession, speakInRealTime } from '../fixtures.ts';
import { Link } from './link.ts';
import type { LinkCounts } from './link-conditions.ts';
import type { Scenario } from './scenarios.ts';
import { readViewer, type ViewerSample, watchViewer } from './viewer.ts';

/** What the server and the link did, five times a second. */
export interface SenderSample extends LinkCounts {
  atMs: number;
  /** Of the picture, as congestion control allows it. */
  bitrateKbps: number;
  lossFraction: number;
}

export interface Recording {
  scenario: Scenario;
  /** Unix time at which the scenario began. */
  startMs: number;
  viewer: ViewerSample[];
  sender: SenderSample[];
  /** Whether the connection lived to the end. */
  survived: boolean;
  /** What the session warned of. */
  warnings: string[];
}

export interface Stage {
  browser: Browser;
  engine: EnginePool;
  rig: Rig;
  voice: Float32Array;
  settings?: Partial<SessionSettings>;
}

/** A session that speaks all the time, watched by a real browser through a link. */
export async function runScenario(stage: Stage, scenario: Scenario): Promise<Recording> {
  const session = await openSession(stage.engine, stage.rig, stage.settings);
  const warnings: string[] = [];
  session.on('warning', ({ code }) => warnings.push(code));
  const link = new Link(scenario.name.length);
  link.set(scenario.steps[0].conditions);
  const peer = await BrowserPeer.open(stage.browser);
  const stopVoice = speakInRealTime(session, stage.voice);
  const sender: SenderSample[] = [];
  try {
    const connection = await peer.connect(session, { link });
    link.onCounts = (counts) => {
      const { bitrateKbps, lossFraction } = connection.network!;
      sender.push({ atMs: Date.now(), bitrateKbps, lossFraction, ...counts });
    };
    await watchViewer(peer.page);
    const startMs = Date.now();
    const sleepUntil = (second: number) => sleep(Math.max(0, startMs + second * 1000 - Date.now()));
    for (const { fromS, conditions } of scenario.steps) {
      await sleepUntil(fromS);
      link.set(conditions);
    }
    await sleepUntil(scenario.seconds);
    const survived = !connection.closed && !session.closed;
    const viewer = await readViewer(peer.page);
    connection.close();
    return { scenario, startMs, viewer, sender, survived, warnings };
  } finally {
    stopVoice();
    session.close();
    await peer.close();
    await link.close();
  }
}
