import { captureOutput } from '@oclif/test';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { broken, folder, root } from './run.ts';

const written = vi.hoisted(() => ({ 1: '', 2: '' }));

vi.mock('node:fs', async (original) => ({
  ...(await original<typeof import('node:fs')>()),
  writeSync: (fd: 1 | 2, bytes: Buffer) => {
    written[fd] += bytes.toString();
    return bytes.length;
  },
}));

beforeEach(() => {
  written[1] = '';
  written[2] = '';
});

afterEach(() => {
  process.exitCode = 0;
});

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
