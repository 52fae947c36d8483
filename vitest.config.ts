import { defineConfig } from 'vitest/config';

const CLI = 'test/cli/**/*.test.ts';

export default defineConfig({
  test: {
    reporters: ['default', './tools/reporter.ts'],
    projects: [
      // The recorded clusters take some seconds, and longer on a busy machine.
      { test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: [CLI], testTimeout: 60_000 } },
      // These run the built binary as a child process: built once, before the first of them. oclif's help goes through
      // console.log, which @oclif/test captures only where vitest does not.
      {
        test: {
          name: 'cli',
          include: [CLI],
          globalSetup: './test/cli/build.ts',
          testTimeout: 30_000,
          disableConsoleIntercept: true,
        },
      },
    ],
    coverage: { include: ['src/**'], reporter: ['text-summary', 'json-summary'] },
  },
});
