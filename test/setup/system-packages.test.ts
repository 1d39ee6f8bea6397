import { expect, it } from 'vitest';
import { leaveToInstall } from '../../src/setup/system-packages.mjs';

it.each([
  ['a person without a terminal is not asked, and gives no leave', {}, false, false, 'no'],
  ['a person at a terminal is asked', {}, false, true, 'ask'],
  ['who has said yes is not asked', { VULTUS_INSTALL: 'yes' }, false, true, 'yes'],
  ['a build machine gives leave', { CI: 'true' }, false, false, 'yes'],
  ['CI=false is none', { CI: 'false' }, false, false, 'no'],
  ['a container gives leave', {}, true, false, 'yes'],
  ['no is no, also in a container', { VULTUS_INSTALL: 'no', CI: '1' }, true, true, 'no'],
] as const)('%s', (_, env, container, terminal, leave) => {
  expect(leaveToInstall({ env, container, terminal })).toBe(leave);
});
