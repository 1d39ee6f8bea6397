/**
 * What is drawn in WebAssembly with SIMD, compiled by `npm run build:simd`. All that it works on lies in one memory, and
 * is given by its first byte.
 */
export { drawPicture, setPerson } from './pixel-pass';
export { drawTriangles, finishMap } from './source-map';
export { addScaled } from './vectors';
