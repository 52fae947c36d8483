import { captureOutput } from '@oclif/test';
import { describe, expect, it, vi } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { broken, folder, root } from './run.ts';
import { written } from './written.ts';

vi.mock('node:fs', async (original) => (await import('./written.ts')).capturing(await original()));

/** These run the sources, not the bundle: what holds for one must hold for the other. */
describe('main', () => {
  it('tells which paths were taken, for the code cache', async () => {
    const taken = await main(['lint', '-q', folder({ 'a.yaml': broken })], root);
    expect(written[2]).toBe('');
    expect(written[1]).toContain('duplicate-port-name');
    expect(taken).toEqual(expect.arrayContaining(['lint', 'text', 'text with findings']));
    expect(process.exitCode).toBe(1);
  });

  it('takes no path when the words are wrong', async () => {
    expect(await main(['lint', '--rul'], root)).toBeNull();
    expect(written[2]).toContain('did you mean --rule?');
    expect(process.exitCode).toBe(2);
  });

  it('leaves help to oclif', async () => {
    const { stdout } = await captureOutput(() => main(['lint', '--help'], root));
    expect(stdout).toContain('$ kubectl tlsgw lint PATH... [flags]');
  });
});
