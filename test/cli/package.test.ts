import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { broken, folder, root, shell } from './run.ts';

const npm = (args: readonly string[], cwd: string) =>
  execFileSync('npm', [...args, '--loglevel=error'], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

describe('the package', () => {
  it('installs without network into an empty prefix and runs, alone and through kubectl', async () => {
    const target = folder({ 'a.yaml': broken });
    npm(['pack', '--ignore-scripts', '--pack-destination', target], root);
    const [tarball = ''] = readdirSync(target).filter((name) => name.endsWith('.tgz'));
    npm(['install', '--global', '--offline', '--prefix', join(target, 'prefix'), join(target, tarball)], target);
    const bin = join(target, 'prefix', 'bin');
    expect(readdirSync(bin).sort()).toEqual(['kubectl-tlsgw', 'kubectl_complete-tlsgw']);
    expect(readdirSync(join(target, 'prefix', 'lib', 'node_modules'))).toEqual(['kubectl-tlsgw']);
    const env = { PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` };
    const alone = await shell(`kubectl-tlsgw lint ${target}/a.yaml`, { env });
    expect(alone.code).toBe(1);
    expect(alone.stdout).toContain('duplicate-port-name');
    const explained = await shell('kubectl-tlsgw explain duplicate-port-name', { env });
    expect(explained.stdout).toContain('# ');
    const hasKubectl = (await shell('command -v kubectl', { env })).code === 0;
    if (!hasKubectl) return;
    const through = await shell(`kubectl tlsgw lint ${target}/a.yaml`, { env });
    expect({ code: through.code, stdout: through.stdout }).toEqual({ code: 1, stdout: alone.stdout });
    const proposed = await shell("kubectl __complete tlsgw li ''", { env });
    expect(proposed.stdout).toContain(':4');
  });
});
