/** simd/kernels.wasm, as bundles for browsers carry it: within themselves. */
import address from './simd/kernels.wasm?url&inline';

export const KERNEL_CODE: Uint8Array<ArrayBuffer> = Uint8Array.from(
  atob(address.slice(address.indexOf(',') + 1)),
  (character) => character.charCodeAt(0),
);
