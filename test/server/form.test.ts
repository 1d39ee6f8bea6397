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
  expect(readForm(...(await bodyOf(form)))).toEqual({
    name: 'value ü',
    picture: Buffer.from([0, 13, 10, 45, 45, 255]),
  });
});

it('refuses what is no form, or one of very many parts', async () => {
  const refused = expect.objectContaining({ code: 'invalid_request' });
  const part = '--b\r\nContent-Disposition: form-data; name="x"\r\n\r\ny\r\n';
  for (const [body, type] of [
    ['x', 'multipart/form-data'],
    ['x', 'multipart/form-data; boundary=b'],
    [part, 'multipart/form-data; boundary=b'],
    ['--b\r\n\r\ny\r\n--b--', 'multipart/form-data; boundary=b'],
    ['--b', 'multipart/form-data; boundary=b'],
    ['--b\r\nContent-Disposition: form-data; name="x"', 'multipart/form-data; boundary=b'],
  ])
    expect(() => readForm(Buffer.from(body), type)).toThrow(refused);
  const form = new FormData();
  for (let i = 0; i < 40; i++) form.append('x', 'y');
  const [body, type] = await bodyOf(form);
  expect(() => readForm(body, type)).toThrow('more than 32 parts');
});

it('finds the boundary where it stands, whatever looks like one beside it', () => {
  const body = Buffer.from(
    'before\r\n--b\r\nContent-Type: text/plain\r\nContent-Disposition: form-data; name="__proto__"\r\n\r\ny\r\n--b--\r\n',
  );
  for (const type of [
    'multipart/form-data; boundary=b',
    'multipart/form-data; BOUNDARY="b"; charset=utf-8',
    'multipart/form-data; xboundary=other; boundary=b',
  ])
    expect(Object.entries(readForm(body, type))).toEqual([['__proto__', 'y']]);
});

it('reads no headers without end', () => {
  const head = '--b\r\nContent-Disposition: form-data; name="x"\r\n';
  const body = Buffer.from(`${head}${'X-A: b\r\n'.repeat(1000)}\r\ny\r\n--b--\r\n`);
  expect(() => readForm(body, 'multipart/form-data; boundary=b')).toThrow('cannot be read');
});
