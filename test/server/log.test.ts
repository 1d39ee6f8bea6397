import { describe, expect, it } from 'vitest';
import { VultusError } from '../../src/errors.ts';
import { announce, createLog } from '../../src/server/log.ts';
import { SessionLog } from '../../src/server/session-log.ts';
import { ScriptedSession } from '../support/scripted-session.ts';

/** What is written, line by line. */
function listen(level: Parameters<typeof createLog>[0]) {
  const lines: Record<string, unknown>[] = [];
  const log = createLog(level, { write: (line) => void lines.push(JSON.parse(line)) });
  return { log, lines };
}

describe('the log', () => {
  it('is JSON, a line for each thing, without keys', () => {
    const { log, lines } = listen('info');
    log.info({ req: { headers: { authorization: 'Bearer secret' } } }, 'asked');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ level: 30, msg: 'asked' });
    expect(JSON.stringify(lines)).not.toContain('secret');
  });

  it('says what people wait for at every level', () => {
    const { log, lines } = listen('error');
    log.warn('unheard');
    announce(log, 'ready');
    expect(lines.map(({ msg }) => msg)).toEqual(['ready']);
  });
});

describe('SessionLog', () => {
  it('has a line for the start of a session and one for its end, which open nothing', () => {
    const { log, lines } = listen('info');
    const sessions = new SessionLog(log);
    const session = new ScriptedSession('0123456789abcdef', { avatarId: 'fedcba9876543210' });
    sessions.opened(session, log);
    sessions.connected(session, 'webrtc');
    sessions.connected(session, 'webrtc');
    session.close(new VultusError('session_idle'));
    const [opened, ended] = lines;
    expect(opened).toMatchObject({ msg: 'session opened', session: '01234567', avatar: 'fedcba98' });
    expect(ended).toMatchObject({
      ...{ msg: 'session ended', session: '01234567', reason: 'session_idle' },
      peers: { websocket: 0, webrtc: 2 },
      durationS: expect.any(Number),
      latePercent: expect.any(Number),
    });
    expect(JSON.stringify(lines)).not.toContain(session.id);
  });
});
