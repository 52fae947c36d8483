import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { tarGz } from '../../tools/release/tar.ts';
import { portableEntries } from '../../tools/release-pack.ts';
import { emptyFolder, root, shell } from './run.ts';

interface Input {
  readonly default?: string;
}
interface Step {
  readonly run: string;
  readonly shell: string;
  readonly env: Readonly<Record<string, string>>;
}
interface Action {
  readonly inputs: Readonly<Record<string, Input>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

/** A checkout of the action as a release holds it: no node_modules, no build, the packed archive. */
const checkout = join(emptyFolder(), 'action');
let action: Action;

beforeAll(async () => {
  for (const path of ['action.yml', 'ci']) cpSync(join(root, path), join(checkout, path), { recursive: true });
  mkdirSync(join(checkout, 'release'));
  const entries = portableEntries(root).map((entry) => ({ ...entry, path: `kubectl-tlsgw-0/${entry.path}` }));
  writeFileSync(join(checkout, 'release', 'kubectl-tlsgw-0-portable.tar.gz'), tarGz(entries, 0, 1));
  const { load } = await import('js-yaml');
  action = load(readFileSync(join(checkout, 'action.yml'), 'utf8')) as Action;
}, 60_000);

/** Runs the steps of the action as GitHub does: inputs replaced, in a repository, with its variables. */
async function runAction(inputs: Readonly<Record<string, string>>, prepare: (repository: string) => void = () => {}) {
  const place = emptyFolder();
  const [repository, temp] = [join(place, 'repository'), join(place, 'temp')];
  for (const path of [repository, temp]) mkdirSync(path);
  cpSync(join(root, 'examples/tls-gateway'), join(repository, 'gateways'), { recursive: true });
  execFileSync('git', ['init', '-q'], { cwd: repository });
  prepare(repository);
  const [summary, output] = [join(temp, 'summary.md'), join(temp, 'output')];
  writeFileSync(summary, 'Of an earlier step.\n');
  const [step] = action.runs.steps;
  const value = (text: string) =>
    text.replace(
      /\$\{\{ inputs\.([\w-]+) \}\}/g,
      (_, name: string) => inputs[name] ?? action.inputs[name]?.default ?? '?',
    );
  const env = Object.fromEntries(Object.entries(step!.env).map(([name, text]) => [name, value(text)]));
  const ran = await shell(step!.run, {
    cwd: repository,
    env: {
      ...env,
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_ACTION_PATH: checkout,
      GITHUB_WORKSPACE: repository,
      GITHUB_STEP_SUMMARY: summary,
      GITHUB_OUTPUT: output,
      RUNNER_TEMP: temp,
    },
  });
  const outputs = existsSync(output) ? readFileSync(output, 'utf8') : '';
  const sarif = /^sarif-file=(.*)$/m.exec(outputs)?.[1];
  return {
    ...ran,
    repository,
    outputs,
    summary: readFileSync(summary, 'utf8'),
    sarif: sarif === undefined ? null : (JSON.parse(readFileSync(sarif, 'utf8')) as { runs: { results: unknown[] }[] }),
  };
}

describe('action.yml', () => {
  it('is one composite step that keeps inputs out of the shell', () => {
    expect(action.runs.using).toBe('composite');
    expect(action.runs.steps).toHaveLength(1);
    for (const { run, shell: name } of action.runs.steps) {
      expect(run).not.toContain('${{');
      expect(name).toBe('bash');
    }
    const passed = Object.values(action.runs.steps[0]!.env).map((text) => /inputs\.([\w-]+)/.exec(text)?.[1]);
    expect(passed.sort()).toEqual(Object.keys(action.inputs).sort());
  });

  it('annotates lines, appends to the summary, writes SARIF and fails', async () => {
    const { code, stdout, summary, sarif, outputs } = await runAction({ paths: 'gateways' });
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^::error file=gateways\/70-remark-gateway\.yaml,line=18,col=9,title=credential-cross-namespace::/m,
    );
    expect(summary).toMatch(/^Of an earlier step\.\n## kubectl-tlsgw: \d+ errors/);
    expect(summary).toContain('### error: `credential-cross-namespace`');
    expect(sarif?.runs[0]?.results.length).toBeGreaterThan(3);
    expect(JSON.stringify(sarif)).toContain('"gateways/70-remark-gateway.yaml"');
    expect(outputs).toContain('exit-code=1\n');
  });

  it('passes what is good, and takes paths line by line, baseline, with and further flags', async () => {
    const { code, stdout, summary, outputs } = await runAction({
      paths: 'gateways/10-gateway-workload.yaml\ngateways/2*.yaml\n',
      args: '--show-info  --complete',
    });
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('No problem found') });
    expect(summary).toContain('no problem found');
    expect(outputs).toContain('exit-code=0\n');
    const known = await runAction({ paths: 'gateways', baseline: 'known.json' }, (repository) =>
      execFileSync(
        process.execPath,
        [join(root, 'bin/run.js'), 'lint', 'gateways', '-q', '--write-baseline', 'known.json'],
        {
          cwd: repository,
          stdio: 'ignore',
        },
      ),
    );
    expect(known.code).toBe(0);
    const behind = await runAction({ paths: 'gateways/21-helloworld.yaml', with: 'gateways/70-remark-gateway.yaml' });
    expect(behind.code).toBe(0);
  });

  it('obeys fail-on, and a configuration that lies elsewhere', async () => {
    expect((await runAction({ paths: 'gateways', 'fail-on': 'never' })).code).toBe(0);
    const moved = await runAction({ paths: 'gateways', config: 'ci/tlsgw.yaml' }, (repository) => {
      mkdirSync(join(repository, 'ci'));
      writeFileSync(join(repository, 'ci/tlsgw.yaml'), 'failOn: never\n');
    });
    expect(moved.code).toBe(0);
    expect(existsSync(join(moved.repository, '.tlsgw.yaml'))).toBe(false);
  });

  it('never runs an input, and fails for one that is wrong', async () => {
    const hostile = '$(touch stolen); `touch stolen`';
    const { code, repository } = await runAction({ paths: hostile, args: '' });
    expect({ code, stolen: existsSync(join(repository, 'stolen')) }).toEqual({ code: 3, stolen: false });
    const wrong = await runAction({ paths: 'gateways', 'fail-on': 'sometimes' });
    expect({ code: wrong.code, sarif: wrong.sarif }).toEqual({ code: 2, sarif: null });
    expect(wrong.outputs).toContain('exit-code=2\n');
    const nowhere = await runAction({ paths: 'gateways', config: 'nowhere.yaml' });
    expect(nowhere.stdout).toContain('::error title=kubectl tlsgw::config: there is no file nowhere.yaml');
  });
});
