import { expect, it } from 'vitest';
import { addressKey } from '../../src/budget/address-key.ts';

it('takes IPv4 as it is, also inside IPv6', () => {
  expect(addressKey('192.0.2.7')).toBe('192.0.2.7');
  expect(addressKey('::ffff:192.0.2.7')).toBe('192.0.2.7');
});

it('takes an IPv6 network of 64 bits as one', () => {
  const one = addressKey('2001:db8:1:2:3:4:5:6');
  expect(addressKey('2001:0db8:0001:0002::9')).toBe(one);
  expect(addressKey('2001:db8:1:3:3:4:5:6')).not.toBe(one);
  expect(addressKey('fe80::1%eth0')).toBe(addressKey('fe80:0:0:0:1::'));
  expect(addressKey('::1')).toBe('0:0:0:0::/64');
  expect(addressKey('64:ff9b::192.0.2.7')).toBe('64:ff9b:0:0::/64');
});
