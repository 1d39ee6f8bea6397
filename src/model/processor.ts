import { readFileSync } from 'node:fs';
import { arch } from 'node:os';

/** x86 instructions that multiply bytes and add up in one step, as Linux names them: AVX-512 VNNI and AVX VNNI. */
const BYTE_PRODUCTS = ['avx512_vnni', 'avx_vnni'];

/**
 * Whether graphs with weights of 8 bits are the quicker ones on this machine's processor: where there is no instruction
 * for it, unpacking the bytes costs more than fetching four times as much. False where that cannot be told.
 */
export function multipliesBytes(cpuInfo = '/proc/cpuinfo'): boolean {
  if (arch() !== 'x64') return false;
  try {
    const flags = /^flags\s*:(.*)$/m.exec(readFileSync(cpuInfo, 'latin1'))?.[1].split(' ');
    return BYTE_PRODUCTS.some((flag) => flags?.includes(flag));
  } catch {
    return false;
  }
}
