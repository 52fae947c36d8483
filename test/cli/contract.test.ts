import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commands } from '../../src/cli/manifest.ts';
import { root, tlsgw } from './run.ts';

const shortForm = Object.fromEntries(
  Object.values(commands).map(({ id, args, flags }) => [
    id,
    {
      args: Object.keys(args),
      flags: Object.fromEntries(
        Object.values(flags).map((flag) => {
          const name = flag.char === undefined ? `--${flag.name}` : `-${flag.char}, --${flag.name}`;
          const value = flag.type === 'boolean' ? 'boolean' : (flag.options?.join('|') ?? 'text');
          return [name, `${value}${flag.multiple ? ', repeatable' : ''}`];
        }),
      ),
    },
  ]),
);

describe('the contract', () => {
  it('commands and flags are those of the snapshot', async () => {
    await expect(`${JSON.stringify(shortForm, null, 2)}\n`).toMatchFileSnapshot('command-snapshot.json');
  });

  it('oclif.manifest.json is what the command classes say', () => {
    execFileSync(process.execPath, [join(root, 'tools', 'manifest.mjs'), '--check'], { stdio: 'pipe' });
  });

  it('every command has a summary, a usage and examples that begin with kubectl tlsgw', async () => {
    for (const id of Object.keys(commands)) {
      const { stdout } = await tlsgw([id, '--help']);
      expect(stdout).toContain(`$ kubectl tlsgw ${id}`);
      expect(stdout).toContain('EXAMPLES\n  $ kubectl tlsgw');
    }
  });
});
