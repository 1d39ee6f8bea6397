import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SessionConnections } from '../../src/connection/session-connections.ts';
import { ScriptedSession } from '../support/scripted-session.ts';

const connection = () => ({ close: vi.fn() });

describe('connections of sessions', () => {
  const changes: string[] = [];
  let connections: SessionConnections;
  let session: ScriptedSession;

  beforeEach(() => {
    vi.useFakeTimers();
    changes.length = 0;
    connections = new SessionConnections(60_000, (route, change) => changes.push(`${route} ${change}`));
    session = new ScriptedSession();
    connections.watch(session);
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('close a session that nobody connects to', () => {
    vi.advanceTimersByTime(59_999);
    expect(session.closed).toBe(false);
    vi.advanceTimersByTime(1);
    expect(session.closed).toBe(true);
  });

  it('keep it open while there is one, and for the idle time afterwards', () => {
    const detach = connections.attach(session, 'websocket', connection());
    vi.advanceTimersByTime(600_000);
    expect(session.closed).toBe(false);
    detach();
    vi.advanceTimersByTime(59_999);
    expect(session.closed).toBe(false);
    vi.advanceTimersByTime(1);
    expect(session.closed).toBe(true);
    expect(changes).toEqual(['websocket 1', 'websocket -1']);
  });

  it('count both routes', () => {
    const detachSocket = connections.attach(session, 'websocket', connection());
    connections.attach(session, 'webrtc', connection());
    detachSocket();
    detachSocket();
    vi.advanceTimersByTime(600_000);
    expect(session.closed).toBe(false);
    expect(changes).toEqual(['websocket 1', 'webrtc 1', 'websocket -1']);
  });

  it('take one of each kind', () => {
    connections.assertFree(session, 'websocket');
    connections.attach(session, 'websocket', connection());
    expect(() => connections.assertFree(session, 'websocket')).toThrow(
      expect.objectContaining({ code: 'session_busy' }),
    );
    connections.assertFree(session, 'webrtc');
  });

  it('let a peer that comes back replace its former connection', () => {
    const former = connection();
    const detachFormer = connections.attach(session, 'webrtc', former);
    connections.attach(session, 'webrtc', connection());
    expect(former.close).toHaveBeenCalledOnce();
    detachFormer(); // its own `closed` comes late and must not detach the new one
    vi.advanceTimersByTime(600_000);
    expect(session.closed).toBe(false);
    expect(changes).toEqual(['webrtc 1', 'webrtc 1', 'webrtc -1']);
  });

  it('are closed with the session', () => {
    const one = connection();
    const detach = connections.attach(session, 'websocket', one);
    session.close();
    expect(one.close).toHaveBeenCalledOnce();
    detach();
    expect(changes).toEqual(['websocket 1', 'websocket -1']);
    expect(() => connections.attach(session, 'websocket', connection())).toThrow(
      expect.objectContaining({ code: 'session_closed' }),
    );
  });
});
