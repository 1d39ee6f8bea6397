import { expect, it } from 'vitest';
import { readInput } from '../../src/cli/files.ts';

it('names the file that cannot be read', async () => {
  await expect(readInput('/no/such/file')).rejects.toMatchObject({
    code: 'file_unusable',
    detail: '/no/such/file cannot be read: there is no such file or folder',
  });
});
