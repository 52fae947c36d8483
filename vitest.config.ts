import { defineConfig } from 'vitest/config';

const CLI = 'test/cli/**/*.test.ts';

export default defineConfig({
  test: {
    reporters: ['default', './tools/reporter.ts'],
    projects: [
      { test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: [CLI] } },
      // These run the built binary as a child process: built once, before the first of them.
      { test: { name: 'cli', include: [CLI], globalSetup: './test/cli/build.ts', testTimeout: 30_000 } },
    ],
    coverage: { include: ['src/**'], reporter: ['text-summary', 'json-summary'] },
  },
});
