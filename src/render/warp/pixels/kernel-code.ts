/** simd/kernels.wasm, as Node reads it; `imports` of package.json gives browsers kernel-code.browser.ts instead. */
import { readFileSync } from 'node:fs';

export const KERNEL_CODE: Uint8Array<ArrayBuffer> = new Uint8Array(
  readFileSync(new URL('./simd/kernels.wasm', import.meta.url)),
);
