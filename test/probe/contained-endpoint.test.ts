import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const MODULES = new URL('../../src/probe/', import.meta.url).href;

/** In a process of its own: what nobody catches would be an error of this one's. */
async function output(script: string): Promise<{ code: number; text: string }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: fileURLToPath(new URL('../../', import.meta.url)),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (text += data));
  const [code] = await once(child, 'close');
  return { code, text };
}

it('reports what an endpoint throws, and what its client throws where nobody can catch it', async () => {
  const { code, text } = await output(`
    const { ContainedEndpoint } = await import('${MODULES}contained-endpoint.ts');
    const { Recorder } = await import('${MODULES}measure/recorder.ts');
    const fail = async () => { throw new DOMException('This operation was aborted', 'AbortError'); };
    const endpoint = new ContainedEndpoint(
      { name: 'one', join: async () => {}, say: fail, endSegment: fail, clear: fail, close: fail });
    const recorder = new Recorder();
    await endpoint.join(recorder);
    void fail();
    setTimeout(() => { throw new Error('late'); });
    await endpoint.say(new Int16Array(2));
    await endpoint.clear();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await endpoint.close();
    console.log(JSON.stringify({ lost: recorder.lostWhy, strays: endpoint.strays }));
    void fail();
  `);
  const [line] = text.split('\n');
  expect(JSON.parse(line)).toEqual({
    lost: 'AbortError: This operation was aborted',
    strays: ['AbortError: This operation was aborted', 'Error: late'],
  });
  // Closed, it holds nobody's errors back any more.
  expect(code).toBe(1);
});
