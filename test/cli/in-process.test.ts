import { captureOutput } from '@oclif/test';
import { afterEach, describe, expect, it } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { broken, folder, root } from './run.ts';

/** Runs the sources, not the bundle: what holds for one must hold for the other. */
const run = (...args: readonly string[]) => captureOutput(() => main(args, root));

afterEach(() => {
  process.exitCode = 0;
});

describe('main', () => {
  it('tells which paths were taken, for the code cache', async () => {
    const { result, stdout, stderr } = await run('lint', '-q', folder({ 'a.yaml': broken }));
    expect(stderr).toBe('');
    expect(stdout).toContain('duplicate-port-name');
    expect(result).toEqual(expect.arrayContaining(['lint', 'text', 'text with findings']));
    expect(process.exitCode).toBe(1);
  });

  it('takes no path when the words are wrong', async () => {
    const { result, stderr } = await run('lint', '--rul');
    expect(result).toBeNull();
    expect(stderr).toContain('did you mean --rule?');
    expect(process.exitCode).toBe(2);
  });
});
