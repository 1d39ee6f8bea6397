import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Connection, ConnectionEvents } from '../../src/connection/connection.ts';
import { SessionConnections } from '../../src/connection/session-connections.ts';
import { VultusError } from '../../src/errors.ts';
import { ScriptedSession } from '../support/scripted-session.ts';

/** Ends when it is told to, as `conformance.ts` asks of every connection. */
class PlainConnection extends EventEmitter<ConnectionEvents> implements Connection {
  readonly kind;
  readonly role;
  closed = false;
  joined = true;
  session: unknown;

  constructor(kind: Connection['kind'], role: Connection['role'] = 'control') {
    super();
    this.kind = kind;
    this.role = role;
  }
  attach(session: ScriptedSession): void {
    this.session = session;
    session.once('closed', () => this.close());
  }
  close(reason?: VultusError): void {
    if (this.closed) return;
    this.closed = true;
    this.emit('closed', reason?.code === 'internal' ? 'failed' : 'closed', reason);
  }
}

const socket = () => new PlainConnection('websocket');
const peer = () => new PlainConnection('webrtc');
const viewer = (kind: Connection['kind'] = 'webrtc') => new PlainConnection(kind, 'view');

describe('connections of sessions', () => {
  const changes: string[] = [];
  const failures: string[] = [];
  let connections: SessionConnections;
  let session: ScriptedSession;

  beforeEach(() => {
    vi.useFakeTimers();
    changes.length = 0;
    failures.length = 0;
    connections = new SessionConnections({
      joinTimeoutMs: 10_000,
      idleTimeoutMs: 60_000,
      maxViewers: 2,
      onChange: (_, kind, change) => changes.push(`${kind} ${change}`),
      onFailure: ({ code }) => failures.push(code),
    });
    session = new ScriptedSession();
    connections.watch(session);
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('close a session that nobody connects to', () => {
    vi.advanceTimersByTime(9_999);
    expect(session.closed).toBe(false);
    vi.advanceTimersByTime(1);
    expect(session.closed).toBe(true);
  });

  it('take a peer that announces itself and never comes for nobody', () => {
    const announced = peer();
    announced.joined = false;
    connections.add(session, announced);
    vi.advanceTimersByTime(20_000);
    expect(session.closed).toBe(false);
    announced.close();
    vi.advanceTimersByTime(10_000);
    expect(session.closed).toBe(true);
  });

  it('keep it open while there is one, and for the idle time afterwards', () => {
    const connection = socket();
    connections.add(session, connection);
    expect(connection.session).toBe(session);
    vi.advanceTimersByTime(600_000);
    expect(session.closed).toBe(false);
    connection.close();
    vi.advanceTimersByTime(59_999);
    expect(session.closed).toBe(false);
    vi.advanceTimersByTime(1);
    expect(session.closed).toBe(true);
    expect(changes).toEqual(['websocket 1', 'websocket -1']);
  });

  it('count every kind, and viewers too', () => {
    const [first, second] = [socket(), viewer()];
    connections.add(session, first);
    connections.add(session, second);
    first.close();
    vi.advanceTimersByTime(600_000);
    expect(session.closed).toBe(false);
    second.close();
    vi.advanceTimersByTime(60_000);
    expect(session.closed).toBe(true);
    expect(changes).toEqual(['websocket 1', 'webrtc 1', 'websocket -1', 'webrtc -1']);
  });

  it('let a client that comes back replace its former connection, and nobody else', () => {
    const [former, next, other, watching] = [peer(), peer(), socket(), viewer()];
    const told = vi.fn();
    former.once('closed', told);
    for (const connection of [former, other, watching, next]) connections.add(session, connection);
    expect(told).toHaveBeenCalledWith('closed', expect.objectContaining({ code: 'session_taken_over' }));
    expect(failures).toEqual([]);
    expect([former, next, other, watching].map(({ closed }) => closed)).toEqual([true, false, false, false]);
    expect(connections.of(session)).toEqual([other, watching, next]);
    expect(changes).toEqual(['webrtc 1', 'websocket 1', 'webrtc 1', 'webrtc 1', 'webrtc -1']);
  });

  it('have viewers beside the clients, as many as are allowed', () => {
    const watching = [viewer('websocket'), viewer('websocket')];
    for (const connection of watching) connections.add(session, connection);
    const late = viewer();
    const refused = expect.objectContaining({ code: 'too_many_viewers' });
    expect(() => connections.assertRoomFor('view', session)).toThrow(refused);
    expect(() => connections.add(session, late)).toThrow(refused);
    expect(late.session).toBeUndefined();
    connections.assertRoomFor('control', session);
    watching[0].close();
    connections.add(session, late);
  });

  it('end with the session, and none is taken afterwards', () => {
    const connection = socket();
    connections.add(session, connection);
    session.close();
    expect(connection.closed).toBe(true);
    expect(changes).toEqual(['websocket 1', 'websocket -1']);
    expect(() => connections.add(session, socket())).toThrow(
      expect.objectContaining({ code: 'session_closed' }),
    );
  });

  it('tell of those that ended by a failure', () => {
    const connection = peer();
    connections.add(session, connection);
    connection.close(new VultusError('internal'));
    expect(failures).toEqual(['internal']);
    expect(session.closed).toBe(false);
  });

  it('wait for nobody while the server drains', () => {
    const attended = new ScriptedSession('attended');
    connections.watch(attended);
    const connection = socket();
    connections.add(attended, connection);
    connections.closeUnattended();
    expect([session.closed, attended.closed]).toEqual([true, false]);
    connection.close();
    vi.advanceTimersByTime(1);
    expect(attended.closed).toBe(true);
  });
});
