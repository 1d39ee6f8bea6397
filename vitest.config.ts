import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Tests in a browser, left out where there is none. */
const IN_BROWSER = [
  'test/**/*browser*.test.ts',
  'test/client/{page,overlay}.test.ts',
  'test/end-to-end/cut.test.ts',
];
const leftOut = process.env.VULTUS_BROWSER === 'none' ? IN_BROWSER : [];

/**
 * Live sessions that need the machine for themselves to be on time, or taken; and a device that is asked whether it keeps
 * up with drawing.
 */
const LIVE = [
  'test/end-to-end/{browser,cut,openai-realtime,user-audio,websocket}.test.ts',
  'test/connection/webrtc/browser.test.ts',
  'test/client/draw/live-drawing.browser.test.ts',
  'test/server/real-server.test.ts',
  'test/fuzz/server.test.ts',
];

/**
 * Whole servers, rooms and browsers that wait for each other for longer than they compute, and for nothing that must come
 * on time: two of them beside each other take little longer than one.
 */
const PATIENT = [
  'test/end-to-end/**/*.test.ts',
  'test/**/*browser*.test.ts',
  'test/client/{page,livekit-agents}.test.ts',
  'test/server/livekit-dispatch.test.ts',
  'test/probe/{livekit,session}-endpoint.test.ts',
  'test/python/**/*.test.ts',
];

export default defineConfig({
  test: {
    // Native modules (ONNX Runtime, FFmpeg, Opus) work in forks and threads, not in vmForks.
    pool: 'forks',
    testTimeout: 20_000,
    hookTimeout: 60_000,
    globalSetup: 'test/support/stock-gallery.ts',
    env: {
      // Tests start hundreds of processes of the same modules.
      NODE_COMPILE_CACHE: fileURLToPath(new URL('.cache/node', import.meta.url)),
      // In development LiveKit's client tells its log to the terminal.
      NODE_ENV: 'production',
    },
    projects: [
      {
        extends: true,
        test: {
          name: 'units',
          include: ['test/**/*.test.ts'],
          exclude: [...PATIENT, ...LIVE, ...leftOut],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'patient',
          include: PATIENT,
          exclude: [...LIVE, ...leftOut],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'live',
          include: LIVE,
          exclude: leftOut,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
