import { defineConfig } from 'vitest/config';

/** Tests in a browser, left out where there is none. */
const IN_BROWSER = [
  'test/**/*browser*.test.ts',
  'test/client/{page,overlay}.test.ts',
  'test/end-to-end/cut.test.ts',
];
const leftOut = process.env.VULTUS_BROWSER === 'none' ? IN_BROWSER : [];

/** Tests of live sessions and browsers: they need the machine for themselves to be on time. */
const LIVE = [
  'test/end-to-end/**/*.test.ts',
  'test/**/*browser*.test.ts',
  'test/client/page.test.ts',
  'test/server/real-server.test.ts',
  'test/server/livekit-dispatch.test.ts',
  'test/client/livekit-agents.test.ts',
  'test/probe/livekit-endpoint.test.ts',
  'test/fuzz/server.test.ts',
  'test/python/**/*.test.ts',
];

export default defineConfig({
  test: {
    // Native modules (ONNX Runtime, FFmpeg, Opus) work in forks and threads, not in vmForks.
    pool: 'forks',
    testTimeout: 20_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'units',
          include: ['test/**/*.test.ts'],
          exclude: [...LIVE, ...leftOut],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'live',
          include: LIVE,
          exclude: leftOut,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
