import { expect, it } from 'vitest';
import { SenderChoice } from '../../../../src/connection/livekit/process/sender-choice.ts';

type Someone = ReturnType<typeof agent>;
const byIdentity = (others: Someone[]) => new Map(others.map((one) => [one.identity, one]));

const AGENT = 4;
const user = { identity: 'user', kind: 0, attributes: {} };
const agent = (identity: string, attributes: Record<string, string> = {}) => ({
  identity,
  kind: AGENT,
  attributes,
});

it('serves whom the request names, and nobody else', () => {
  const choice = new SenderChoice('named');
  choice.ownAttributes({ 'lk.publish_on_behalf': 'other' });
  expect(choice.look(byIdentity([agent('first'), user]))).toEqual({
    changed: false,
    identity: 'named',
    present: false,
  });
  expect(choice.look(byIdentity([agent('first'), agent('named')]))).toEqual({
    changed: true,
    identity: 'named',
    present: true,
  });
  expect(choice.look(byIdentity([agent('first')]))).toMatchObject({ changed: true, present: false });
});

it('serves whom its token speaks for, else the agent that was there first, for ever', () => {
  const onBehalf = new SenderChoice(undefined);
  onBehalf.ownAttributes({ 'lk.publish_on_behalf': 'mine' });
  expect(onBehalf.look(byIdentity([agent('first'), agent('mine')]))).toMatchObject({
    identity: 'mine',
    present: true,
  });
  const first = new SenderChoice(undefined);
  first.ownAttributes({});
  expect(first.look(byIdentity([user]))).toMatchObject({ identity: undefined, present: false });
  const others = [user, agent('another avatar', { 'lk.publish_on_behalf': 'x' }), agent('a'), agent('b')];
  expect(first.look(byIdentity(others))).toEqual({ changed: true, identity: 'a', present: true });
  expect(first.look(byIdentity([agent('b')]))).toMatchObject({ identity: 'a', present: false });
});

it('looks at nobody but newcomers, however many are there', () => {
  const room = byIdentity([user, agent('a')]);
  const values = () => {
    throw new Error('all are looked at');
  };
  const many = Object.assign(room, { values });
  const choice = new SenderChoice(undefined);
  expect(choice.look(many, [user])).toMatchObject({ identity: undefined });
  expect(choice.look(many, [agent('a')])).toEqual({ changed: true, identity: 'a', present: true });
  expect(choice.look(many, [])).toEqual({ changed: false, identity: 'a', present: true });
});
