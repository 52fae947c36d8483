import { describe, expect, it, vi } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { broken, folder, root } from './run.ts';
import { written } from './written.ts';

vi.mock('node:fs', async (original) => (await import('./written.ts')).capturing(await original()));

vi.mock('../../src/rules/duplicate-port-name.ts', async (original) => {
  const real = await original<typeof import('../../src/rules/duplicate-port-name.ts')>();
  const check = () => {
    throw new Error('made up');
  };
  return { default: { ...real.default, check } };
});

describe('a rule that throws', () => {
  it.each([
    ['lint', ['lint'], 'read 1 object in 1 file'],
    ['doctor', ['doctor', '-f'], 'a.example.com'],
    ['hosts', ['hosts', '-f'], 'a.example.com'],
    ['trace', ['trace', 'https://a.example.com/', '-f'], 'GET https://a.example.com/'],
  ])('is told by %s, which does everything else and ends with 70', async (_, words, shown) => {
    await main([...words, folder({ 'a.yaml': broken })], root);
    expect(written[1]).toContain(shown);
    expect(written[2]).toMatch(/rule duplicate-port-name.*made up/s);
    expect(process.exitCode).toBe(70);
  });

  it('is told by explain --example', async () => {
    await main(['explain', 'secret-not-found', '--example'], root);
    expect(written[1]).toContain('secret-not-found');
    expect(written[2]).toContain('made up');
    expect(process.exitCode).toBe(70);
  });

  it('does not keep probe from comparing, which asks no rule', async () => {
    const target = ['https://a.example.com/', '--connect-to', '127.0.0.1:1'];
    await main(['probe', ...target, '-f', folder({ 'a.yaml': broken })], root);
    expect(written[1]).toContain('https://a.example.com/');
    expect(written[2]).not.toContain('made up');
    expect(process.exitCode ?? 0).toBe(0);
  });
});
