import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandsIn, printed, withOutput } from '../../tools/readme.ts';
import { broken, folder, root, tlsgw } from './run.ts';

const readme = readFileSync(join(root, 'README.md'), 'utf8');
const blocks = (language: string): string[] =>
  [...readme.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap((m) => (m[1] === language ? [m[2]!] : []));

describe('README.md', () => {
  it('shows what the program prints (npm run readme)', () => {
    expect(commandsIn(readme).length).toBeGreaterThan(2);
    expect(readme).toBe(withOutput(readme, (command) => printed(root, command)));
  });

  it('has commands for a fresh machine, and the first does what it says', async () => {
    const [prefix, first] = ['npm ci && ', './bin/run.js doctor -f examples/tls-gateway --fail-on never'];
    expect(blocks('sh')).toContain(`${prefix}${first}\n`);
    expect(blocks('sh')).toContain(`${prefix}npm test\n`);
    const args = first.split(' ').slice(1);
    expect((await tlsgw(args)).code).toBe(0);
    expect((await tlsgw(args.slice(0, -2))).code).toBe(1);
  });

  it('names every command, and none that does not exist', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'oclif.manifest.json'), 'utf8')) as { commands: object };
    const commands = Object.keys(manifest.commands);
    const table = [
      ...readme.matchAll(/^\| `([a-z].*?)` \| [A-Z]/gm),
      ...readme.matchAll(/^\| (`[a-z]+`(?:, `[a-z].*?`)+) \|/gm),
    ];
    const named = table.flatMap((m) => m[1]!.split(/`?, `/).map((words) => words.replace(/^`/, '').split(/[ `]/)[0]!));
    expect([...new Set(named)].sort()).toEqual(commands.sort());
    const used = [...readme.matchAll(/kubectl tlsgw ([a-z]+)/g)].map((m) => m[1]!);
    expect(used.filter((word) => !commands.includes(word))).toEqual([]);
  });

  it('has a configuration file that is accepted', async () => {
    const [configuration = ''] = blocks('yaml');
    expect(configuration).toContain('severities:');
    const here = folder({ '.tlsgw.yaml': configuration, 'gateway.yaml': broken });
    const { code, stderr } = await tlsgw(['lint', 'gateway.yaml'], { cwd: here });
    expect(stderr).not.toContain('.tlsgw.yaml');
    expect(code).toBe(1);
  });
});

describe('the examples, through the built program', () => {
  const report = async (path: string) => {
    const { code, stdout } = await tlsgw(['doctor', '-f', path, '-o', 'json']);
    const { findings } = JSON.parse(stdout) as { findings: { rule: string; severity: string }[] };
    return { code, loud: findings.filter((f) => f.severity !== 'info').map((f) => f.rule) };
  };

  it('fails on the tutorial, and says why', async () => {
    const { code, loud } = await report('examples/tls-gateway');
    expect(code).toBe(1);
    expect([...new Set(loud)].sort()).toEqual([
      'cert-cn-only',
      'credential-cross-namespace',
      'route-shadowed-across-vs',
      'server-dropped-duplicate-host',
    ]);
  });

  it('is silent on the fixed one', async () => {
    expect(await report('examples/tls-gateway-fixed')).toEqual({ code: 0, loud: [] });
  });

  it('prints no byte of a private key in any format', async () => {
    const secrets = readFileSync(join(root, 'examples/tls-gateway/30-secrets.yaml'), 'utf8');
    const keys = [...secrets.matchAll(/tls\.key: (\S+)/g)].map((m) => m[1]!);
    expect(keys).toHaveLength(3);
    for (const format of ['text', 'json', 'yaml', 'sarif', 'junit', 'github', 'gitlab', 'markdown']) {
      const { stdout, stderr } = await tlsgw(['doctor', '-f', 'examples/tls-gateway', '--show-info', '-o', format]);
      for (const key of keys) expect(`${stdout}${stderr}`).not.toContain(key.slice(100, 140));
      expect(`${stdout}${stderr}`).not.toContain('PRIVATE KEY');
    }
  });
});
