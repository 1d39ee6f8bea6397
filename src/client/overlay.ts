import { VultusClientError } from './client-error.ts';

export interface Overlay {
  /** Stops drawing; idempotent. */
  close(): void;
}

const VERTICES = `
attribute vec2 corner;
varying vec2 place;
void main() {
  place = 0.5 + 0.5 * vec2(corner.x, -corner.y);
  gl_Position = vec4(corner, 0.0, 1.0);
}`;
/** Above the person over black (already colour times matte), below the matte; `seam` keeps the filter on its side. */
const FRAGMENTS = `
precision mediump float;
uniform sampler2D picture;
uniform float seam;
varying vec2 place;
void main() {
  float y = clamp(0.5 * place.y, seam, 0.5 - seam);
  float matte = texture2D(picture, vec2(place.x, y + 0.5)).g;
  gl_FragColor = vec4(min(texture2D(picture, vec2(place.x, y)).rgb, matte), matte);
}`;

/**
 * Puts the pictures of a session with `background: 'matte'` together on a canvas whose ground is transparent, so that
 * the avatar stands before whatever the page has there. `source`: the video that `connectWebRtc` plays on, or the
 * canvas of `attachWebCodecs`; it need not be visible.
 * @throws VultusClientError `unsupported` where the browser has no WebGL
 */
export function attachOverlay(
  source: HTMLVideoElement | HTMLCanvasElement,
  canvas: HTMLCanvasElement,
): Overlay {
  const gl = canvas.getContext('webgl', { alpha: true, premultipliedAlpha: true });
  if (!gl) throw new VultusClientError('unsupported', 'This browser has no WebGL.');
  const program = link(gl);
  gl.useProgram(program);
  gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
  gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([-1, -1, 3, -1, -1, 3]), gl.STATIC_DRAW);
  const corner = gl.getAttribLocation(program, 'corner');
  gl.enableVertexAttribArray(corner);
  gl.vertexAttribPointer(corner, 2, gl.FLOAT, false, 0, 0);
  gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
  for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T])
    gl.texParameteri(gl.TEXTURE_2D, side, gl.CLAMP_TO_EDGE);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
  const seam = gl.getUniformLocation(program, 'seam');

  const draw = () => {
    const { width, height } = sizeOf(source);
    if (width === 0) return;
    // A slow network makes pictures smaller.
    if (canvas.width !== width) {
      canvas.width = width;
      canvas.height = height / 2;
      gl.viewport(0, 0, width, height / 2);
    }
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGB, gl.RGB, gl.UNSIGNED_BYTE, source);
    gl.uniform1f(seam, 0.5 / height);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  };
  let animation = requestAnimationFrame(function next() {
    draw();
    animation = requestAnimationFrame(next);
  });
  return { close: () => cancelAnimationFrame(animation) };
}

function sizeOf(source: HTMLVideoElement | HTMLCanvasElement): { width: number; height: number } {
  if (source instanceof HTMLCanvasElement) return source;
  const ready = source.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
  return { width: ready ? source.videoWidth : 0, height: source.videoHeight };
}

function link(gl: WebGLRenderingContext): WebGLProgram {
  const program = gl.createProgram();
  for (const [kind, text] of [
    [gl.VERTEX_SHADER, VERTICES],
    [gl.FRAGMENT_SHADER, FRAGMENTS],
  ] as const) {
    const shader = gl.createShader(kind)!;
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  return program;
}
