import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { SessionTokens } from '../../src/server/session-tokens.ts';

class Session extends EventEmitter<{ closed: [] }> {
  readonly id = 'one';
}

describe('SessionTokens', () => {
  it('admits to its own session, until that ends', () => {
    const [tokens, session] = [new SessionTokens(), new Session()];
    const token = tokens.issue(session as never, 'control');
    expect(tokens.admits('one', token, 'control')).toBe(true);
    expect(tokens.admits('another', token, 'control')).toBe(false);
    for (const wrong of [undefined, '', `${token}x`]) expect(tokens.admits('one', wrong, 'view')).toBe(false);
    session.emit('closed');
    expect(tokens.admits('one', token, 'view')).toBe(false);
  });

  it('ends what came before once the next one is used, but not what may have been lost on the way', () => {
    const [tokens, session] = [new SessionTokens(), new Session()];
    const first = tokens.issue(session as never, 'control');
    const lost = tokens.use(session as never, first, 'control')!;
    const second = tokens.use(session as never, first, 'control')!;
    expect(tokens.admits('one', lost, 'control')).toBe(false);
    expect(tokens.use(session as never, second, 'control')).toBeTypeOf('string');
    expect(tokens.use(session as never, first, 'control')).toBeUndefined();
    expect(tokens.admits('one', second, 'control')).toBe(true);
  });

  it('lets viewers in without their getting at the controls', () => {
    const [tokens, session] = [new SessionTokens(), new Session()];
    const control = tokens.issue(session as never, 'control');
    const seen = tokens.use(session as never, control, 'view')!;
    const view = tokens.issue(session as never, 'view');
    for (const token of [seen, view]) {
      expect(tokens.admits('one', token, 'view')).toBe(true);
      expect(tokens.admits('one', token, 'control')).toBe(false);
      expect(tokens.use(session as never, token, 'control')).toBeUndefined();
    }
    expect(tokens.admits('one', control, 'control')).toBe(true);
  });

  it('does not grow without end', () => {
    const [tokens, session] = [new SessionTokens(), new Session()];
    const first = tokens.issue(session as never, 'control');
    for (let i = 0; i < 300; i++) tokens.issue(session as never, 'view');
    expect(tokens.admits('one', first, 'control')).toBe(false);
  });
});
