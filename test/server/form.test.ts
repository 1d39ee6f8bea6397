import { expect, it } from 'vitest';
import { readForm } from '../../src/server/form.ts';

async function bodyOf(form: FormData): Promise<[Buffer, string]> {
  const response = new Response(form);
  return [Buffer.from(await response.arrayBuffer()), response.headers.get('content-type')!];
}

it('reads texts and files', async () => {
  const form = new FormData();
  form.append('name', 'value ü');
  form.append('picture', new Blob([Uint8Array.of(0, 13, 10, 45, 45, 255)]), 'a.jpg');
  expect(await readForm(...(await bodyOf(form)))).toEqual({
    name: 'value ü',
    picture: Buffer.from([0, 13, 10, 45, 45, 255]),
  });
});

it('refuses what is no form, or one of very many parts', async () => {
  const refused = { code: 'invalid_request' };
  await expect(readForm(Buffer.from('x'), 'multipart/form-data')).rejects.toMatchObject(refused);
  await expect(readForm(Buffer.from('x'), 'multipart/form-data; boundary=b')).rejects.toMatchObject(refused);
  const form = new FormData();
  for (let i = 0; i < 40; i++) form.append('x', 'y');
  await expect(readForm(...(await bodyOf(form)))).rejects.toMatchObject({
    ...refused,
    detail: expect.stringContaining('more than 32 parts'),
  });
});
