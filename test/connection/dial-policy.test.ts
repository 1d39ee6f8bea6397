import { describe, expect, it } from 'vitest';
import { DialPolicy, isPublic, type Names } from '../../src/connection/dial-policy.ts';

/** Names as the test says; each answer is given once, the last for ever. */
function names(answers: Record<string, string[][]>): Names & { asked: string[] } {
  const asked: string[] = [];
  const answer = async (name: string) => {
    asked.push(name);
    const left = answers[name];
    if (!left) throw new Error('ENOTFOUND');
    return left.length > 1 ? left.shift()! : left[0];
  };
  return { asked, local: answer, remote: answer };
}

describe('addresses of everybody', () => {
  it.each(['1.1.1.1', '8.8.8.8', '172.32.0.1', '192.169.0.1', '2606:4700::1111', '::ffff:8.8.8.8'])(
    'are such: %s',
    (address) => expect(isPublic(address)).toBe(true),
  );

  it.each([
    ['127.0.0.1', 'loopback'],
    ['0.0.0.0', 'this host'],
    ['10.1.2.3', 'private'],
    ['172.16.0.1', 'private'],
    ['192.168.1.1', 'private'],
    ['100.64.0.1', 'behind a carrier’s NAT'],
    ['169.254.169.254', 'metadata'],
    ['168.63.129.16', 'the host of a cloud’s machine'],
    ['100.100.100.200', 'metadata'],
    ['224.0.0.1', 'multicast'],
    ['255.255.255.255', 'broadcast'],
    ['::1', 'loopback'],
    ['::', 'this host'],
    ['::ffff:127.0.0.1', 'IPv4 in IPv6'],
    ['::ffff:7f00:1', 'the same in hexadecimal'],
    ['0:0:0:0:0:ffff:a9fe:a9fe', 'the same, metadata'],
    ['::127.0.0.1', 'IPv4-compatible'],
    ['64:ff9b::7f00:1', 'NAT64'],
    ['2002:7f00:1::', '6to4'],
    ['2001:0:7f00:1::', 'Teredo'],
    ['fe80::1', 'link-local'],
    ['fe80::1%eth0', 'link-local with a zone'],
    ['fc00::1', 'unique-local'],
    ['fd00:ec2::254', 'metadata'],
    ['ff02::1', 'multicast'],
    ['2001:db8::1', 'documentation'],
    ['no address', 'none'],
  ])('are not: %s (%s)', (address) => expect(isPublic(address)).toBe(false));
});

describe('what may be dialled', () => {
  const refused = { code: 'address_not_allowed' };

  it.each([
    'localhost',
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '0x7f.1',
    '[::1]',
    '::1',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '127.0.0.1.',
    '①②⑦.0.0.1',
    '169.254.169.254',
  ])('is by default nothing of this machine: %s', async (host) => {
    const policy = new DialPolicy(['public'], names({ localhost: [['127.0.0.1', '::1']] }));
    await expect(policy.addresses(host)).rejects.toMatchObject(refused);
  });

  it('is a public name, at those of its addresses that are public', async () => {
    const answers = { 'mixed.example': [['10.0.0.1', '8.8.8.8', '::1', '2606:4700::1111']] };
    const policy = new DialPolicy(['public'], names(answers));
    expect(await policy.addresses('MIXED.example.')).toEqual(['8.8.8.8', '2606:4700::1111']);
  });

  it('is looked at each time, so that a name that changes its mind is refused', async () => {
    const policy = new DialPolicy(['public'], names({ 'rebind.example': [['8.8.8.8'], ['127.0.0.1']] }));
    expect(await policy.addresses('rebind.example')).toEqual(['8.8.8.8']);
    await expect(policy.addresses('rebind.example')).rejects.toMatchObject(refused);
  });

  it('is a host that is named, whatever its address', async () => {
    const policy = new DialPolicy(['livekit.internal'], names({ 'livekit.internal': [['10.0.0.7']] }));
    expect(await policy.addresses('livekit.internal')).toEqual(['10.0.0.7']);
    await expect(policy.addresses('8.8.8.8')).rejects.toMatchObject(refused);
    await expect(policy.addresses('other.example')).rejects.toMatchObject(refused);
    await expect(policy.addresses('evil.livekit.internal')).rejects.toMatchObject(refused);
  });

  it('is a network that is named, beside public hosts or without', async () => {
    const named = new DialPolicy(['10.0.0.0/8', '127.0.0.1']);
    expect(await named.addresses('10.9.8.7')).toEqual(['10.9.8.7']);
    expect(await named.addresses('[::ffff:10.9.8.7]')).toEqual(['::ffff:a09:807']);
    expect(await named.addresses('127.0.0.1')).toEqual(['127.0.0.1']);
    await expect(named.addresses('127.0.0.2')).rejects.toMatchObject(refused);
    await expect(named.addresses('8.8.8.8')).rejects.toMatchObject(refused);
    const both = new DialPolicy(
      ['public', '10.0.0.0/8'],
      names({ 'in.example': [['10.1.1.1', '192.168.0.1']] }),
    );
    expect(await both.addresses('in.example')).toEqual(['10.1.1.1']);
    expect(await both.addresses('8.8.8.8')).toEqual(['8.8.8.8']);
  });

  it.each(['', 'a b', 'host/path', 'user@host', 'host:80', '[::1', 'x'.repeat(300)])(
    'is no text that is no host: %j',
    async (host) => {
      const asked = names({});
      await expect(new DialPolicy(['public'], asked).addresses(host)).rejects.toMatchObject({
        code: 'address_unknown',
      });
      expect(asked.asked).toEqual([]);
    },
  );

  it('is no name that nobody knows', async () => {
    const policy = new DialPolicy(['public', 'named.example'], names({}));
    for (const host of ['gone.example', 'named.example'])
      await expect(policy.addresses(host)).rejects.toMatchObject({ code: 'address_unknown' });
  });
});
