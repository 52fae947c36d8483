import type { Reporter, TestModule } from 'vitest/node';

/** Ends every run with `N passed, N failed`, counted by vitest; a file or error outside any test counts as one failure. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    let passed = 0;
    let failed = errors.length;
    for (const module of modules) {
      let inTests = 0;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed += 1;
        if (state === 'failed') inTests += 1;
      }
      failed += inTests === 0 && module.state() === 'failed' ? 1 : inTests;
    }
    // After the summary of the default reporter, which is printed in the same hook.
    process.once('exit', () => console.log(`${passed} passed, ${failed} failed`));
  }
}
