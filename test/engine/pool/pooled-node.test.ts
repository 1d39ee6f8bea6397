import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { squareFormat } from '../../../src/contract/formats.ts';
import { DEFAULT_SETTINGS } from '../../../src/contract/session-settings.ts';
import type { EngineNode, EngineNodeEvents, NodeLoad } from '../../../src/engine/node.ts';
import { Admission } from '../../../src/engine/pool/admission.ts';
import { PooledNode } from '../../../src/engine/pool/pooled-node.ts';
import type { SessionLine } from '../../../src/engine/pool/session-line.ts';
import { workOf } from '../../../src/engine/pool/session-work.ts';

const WORK = workOf({ ...DEFAULT_SETTINGS, ...squareFormat(256), avatarId: 'test', seed: 1 });

/** A node that says what the test tells it to. */
function scriptedNode() {
  const events = new EventEmitter<EngineNodeEvents>();
  const node = { events, load: { recoveryS: 0 } } as unknown as EngineNode;
  const pooled = new PooledNode(node, { failed: () => {}, stats: () => {} });
  return { pooled, report: (busy: number) => events.emit('load', { busy, recoveryS: 0 } as NodeLoad) };
}

let count = 0;
/** A session as its node sees it. */
const line = () => ({ id: `s${count++}`, work: WORK, openOn: async () => {} }) as unknown as SessionLine;

describe('PooledNode', () => {
  it('is as busy as it was measured, until one of its sessions leaves', async () => {
    const { pooled, report } = scriptedNode();
    const [gone, stays] = [line(), line()];
    await pooled.open(gone);
    await pooled.open(stays);
    report(0.8);
    expect(pooled.busy).toBe(0.8);
    pooled.forget(gone);
    expect(pooled.busy).toBe(0);
    // The report that was under way covers the one that has left; the next one does not.
    report(0.8);
    expect(pooled.busy).toBe(0);
    report(0.4);
    expect(pooled.busy).toBe(0.4);
  });

  it('gets no fewer sessions than others where new ones follow at once on many that ended', async () => {
    const [one, other] = [scriptedNode(), scriptedNode()];
    const nodes = [one.pooled, other.pooled];
    const admission = new Admission(1);
    const open = async () => {
      const session = line();
      const node = admission.choose(nodes, WORK);
      await node.open(session);
      return () => node.forget(session);
    };
    const former = await Promise.all([open(), open(), open(), open()]);
    // One has been busier than the other, and says so once more when its sessions have ended.
    one.report(0.9);
    other.report(0.2);
    for (const end of former) end();
    await open();
    one.report(0.9);
    for (let n = 0; n < 3; n++) await open();
    expect(nodes.map(({ sessionCount }) => sessionCount)).toEqual([2, 2]);
  });
});
