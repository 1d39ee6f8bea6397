import { isIPv4 } from 'node:net';
import fc from 'fast-check';
import { DialPolicy } from '../../../src/connection/dial-policy.ts';
import { codedLater } from '../coded.ts';
import { fuzzTarget } from '../target.ts';

const v4 = fc.oneof(
  fc.ipV4(),
  fc.constantFrom('127.0.0.1', '10.1.2.3', '169.254.169.254', '172.31.0.1', '192.168.1.1', '0.0.0.0'),
);
const hex = (address: string) =>
  address
    .split('.')
    .map((one) => Number(one).toString(16).padStart(2, '0'))
    .join('')
    .replace(/(.{4})/, '$1:');
/** One address in spellings that some resolver or other takes. */
const spelled = v4.chain((address) => {
  const [a, b, c, d] = address.split('.').map(Number);
  const number = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
  return fc.constantFrom(
    address,
    `${address}.`,
    `${number}`,
    `0x${number.toString(16)}`,
    `0${number.toString(8)}`,
    `${a}.${(b << 16) | (c << 8) | d}`,
    `0${a.toString(8)}.0x${b.toString(16)}.${c}.${d}`,
    `::ffff:${address}`,
    `[::ffff:${hex(address)}]`,
    `::${address}`,
    `64:ff9b::${address}`,
    `2002:${hex(address)}::1`,
    `fe80::${address}%eth0`,
    address.replaceAll('.', '。'),
    `user@${address}`,
    `${address}/`,
    `${address}:80`,
  );
});

/** With the usual rules nothing is dialled but addresses of the Internet, by whatever spelling or answer of a name server. */
export const dialledHosts = fuzzTarget<{ host: string; answers: string[] }>({
  name: 'dialled-hosts',
  runsInSuite: 1000,
  inputs: fc.record({
    host: fc.oneof(spelled, fc.ipV6(), fc.domain(), fc.webAuthority(), fc.string()),
    answers: fc.array(fc.oneof(v4, fc.ipV6()), { maxLength: 4 }),
  }),
  async attempt({ host, answers }) {
    const names = { local: async () => ['127.0.0.1'], remote: async () => answers };
    const policy = new DialPolicy(['public'], names);
    const codes = ['address_not_allowed', 'address_unknown'] as const;
    for (const address of (await codedLater(codes, () => policy.addresses(host))) ?? [])
      if (isInside(address)) throw new Error(`${address} would be dialled for ${host}`);
  },
});

/** By its beginning alone, so that it is no copy of what is tried. */
function isInside(address: string): boolean {
  const mapped = /^::ffff:(\w{1,4}):(\w{1,4})$/i.exec(address)?.slice(1);
  if (mapped) {
    const [high, low] = mapped.map((group) => Number.parseInt(group, 16));
    return isInside([high >> 8, high & 255, low >> 8, low & 255].join('.'));
  }
  if (isIPv4(address))
    return /^(0|10|127|169\.254|192\.168|172\.(1[6-9]|2\d|3[01])|22[4-9]|2[345]\d)\./.test(address);
  return !/^[23]/i.test(address) || /^2002:/.test(address);
}
