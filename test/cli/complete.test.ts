import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root, tlsgw } from './run.ts';

const file = join(root, 'bin', 'kubectl_complete-tlsgw.js');
const complete = async (...words: readonly string[]) => {
  const { code, stdout, stderr } = await tlsgw(words, { file });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const lines = stdout.trimEnd().split('\n');
  return {
    directive: lines.at(-1),
    lines: lines.slice(0, -1),
    values: lines.slice(0, -1).map((l) => l.split('\t')[0]),
  };
};

describe('completion for kubectl', () => {
  it('proposes commands with what they do', async () => {
    const { lines, directive } = await complete('');
    expect(lines).toContainEqual(expect.stringMatching(/^lint\tCheck YAML before it is merged/));
    expect(directive).toBe(':4');
    expect((await complete('li')).values).toEqual(['lint', 'listeners']);
  });

  it('proposes the flags of the command', async () => {
    expect((await complete('lint', '--fail')).values).toEqual(['--fail-on']);
    expect((await complete('lint', '--cont')).values).toEqual([]);
    expect((await complete('doctor', '--cont')).values).toEqual(['--context']);
  });

  it('proposes values', async () => {
    expect((await complete('lint', '-o', 'j')).values).toEqual(['json', 'junit']);
    expect((await complete('lint', '--output=j')).values).toEqual(['--output=json', '--output=junit']);
    expect((await complete('lint', '--rule', 'duplicate-p')).lines).toEqual([
      'duplicate-port-name\tTwo servers of one Gateway have the same port name',
    ]);
    expect((await complete('explain', 'duplicate-p')).values).toEqual(['duplicate-port-name']);
  });

  it('leaves files to the shell', async () => {
    expect((await complete('lint', '')).directive).toBe(':0');
    expect((await complete('doctor', '-f', '')).directive).toBe(':0');
    expect((await complete('doctor', '')).directive).toBe(':4');
  });
});
