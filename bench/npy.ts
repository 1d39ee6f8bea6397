/** Reads a NumPy file (format version 1) of little-endian float64 in C order. */
export function readNpy(bytes: Buffer): { data: Float64Array; shape: number[] } {
  const headerLength = bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, 10 + headerLength);
  if (!header.includes("'<f8'") || !header.includes("'fortran_order': False")) {
    throw new Error(`expected float64 in C order, found ${header.trim()}`);
  }
  const shape = [...header.split('shape')[1].matchAll(/(\d+)L?,?/g)].map((match) => Number(match[1]));
  const body = bytes.subarray(10 + headerLength);
  const data = new Float64Array(shape.reduce((product, size) => product * size, 1));
  for (let i = 0; i < data.length; i++) data[i] = body.readDoubleLE(i * 8);
  return { data, shape };
}
