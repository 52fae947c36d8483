import { describe, expect, it } from 'vitest';
import { broken, folder, tlsgw } from './run.ts';

/** Command line -> first line of stderr; all of them exit 2 and print no result. */
const wrong: readonly (readonly [string, string])[] = [
  ['doctr', 'error: unknown command "doctr"; did you mean doctor?'],
  ['xyzzy', 'error: unknown command "xyzzy"'],
  ['constructor', 'error: unknown command "constructor"'],
  ['lint', 'error: lint needs a PATH'],
  ['lint --rul a .', 'error: unknown flag --rul; did you mean --rule?'],
  ['lint -x .', 'error: unknown flag -x'],
  ['lint --type a .', 'error: lint has no flag --type; it exists for listeners'],
  ['lint --rule duplicate-port-nam .', 'error: unknown rule "duplicate-port-nam"; did you mean duplicate-port-name?'],
  ['lint --skip duplicate-port-nam .', 'error: unknown rule "duplicate-port-nam"; did you mean duplicate-port-name?'],
  [
    'lint -o jsn .',
    'error: --output is one of text, json, yaml, sarif, junit, github, gitlab, markdown, not "jsn"; did you mean json?',
  ],
  ['lint . -o', 'error: --output needs a value: text, json, yaml, sarif, junit, github, gitlab, markdown'],
  [
    'lint . --fail-on errors',
    'error: --fail-on is one of error, warning, info, never, not "errors"; did you mean error?',
  ],
  ['lint --now tomorrow .', 'error: --now wants a time as in RFC 3339, not "tomorrow"'],
  ['lint --expiring-within 30 .', 'error: --expiring-within wants days, weeks or hours, not "30"'],
  ['lint --complete=maybe .', 'error: --complete is true or false, not "maybe"'],
  ['explain', 'error: explain needs RULE'],
  ['explain secret-not-fond', 'error: unknown rule "secret-not-fond"; did you mean secret-not-found?'],
  ['rules extra', 'error: unexpected argument "extra"'],
  ['doctor gateway.yaml', 'error: "gateway.yaml" is no host'],
  ['doctor --context a -f .', 'error: --context is about a cluster, and -f reads files: give one of them'],
  ['listeners --port http -f .', 'error: --port wants a number, not "http"'],
  ['listeners --type htp -f .', 'error: --type wants a type of listeners, not "htp"; did you mean HTTP?'],
  ['--quiet', 'error: a command must come first: kubectl tlsgw COMMAND --quiet'],
];

describe('wrong usage', () => {
  it.each(wrong)('%s', async (line, message) => {
    const { code, stdout, stderr } = await tlsgw(line.split(' '));
    expect({ code, stdout, first: stderr.split('\n')[0] }).toEqual({ code: 2, stdout: '', first: message });
  });

  it('shows where help is', async () => {
    const { stderr } = await tlsgw(['lint', '--rul', 'a', '.']);
    expect(stderr).toContain("See 'kubectl tlsgw lint --help'.");
  });

  it('names the workloads that there are', async () => {
    const path = folder({ 'a.yaml': broken });
    const { code, stderr } = await tlsgw(['listeners', 'nowhere', '-f', path]);
    expect(code).toBe(2);
    expect(stderr).toContain('no gateway workload "nowhere" in the input\nThe input holds: istio=ingressgateway\n');
  });
});

describe('without -f', () => {
  it.each(['doctor', 'listeners', 'routes', 'secrets', 'certs', 'hosts', 'all'])(
    '%s wants to know which cluster',
    async (command) => {
      const { code, stdout, stderr } = await tlsgw([command], { env: { HOME: folder({}) } });
      expect({ code, stdout, stderr }).toEqual({
        code: 4,
        stdout: '',
        stderr: 'error: there is no kubeconfig, so no cluster is known\ngive --kubeconfig FILE, or YAML with -f PATH\n',
      });
    },
  );
});

describe('help', () => {
  it.each([[['--help']], [['-h']], [[]], [['help']]])('%j lists the commands', async (args) => {
    const { code, stdout, stderr } = await tlsgw(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const word of ['kubectl tlsgw [COMMAND]', 'doctor', 'lint', 'explain']) expect(stdout).toContain(word);
  });

  it.each([[['lint', '--help']], [['lint', '-h']], [['help', 'lint']], [['-h', 'lint']]])(
    '%j shows one command',
    async (args) => {
      const { code, stdout } = await tlsgw(args);
      expect(code).toBe(0);
      for (const word of ['$ kubectl tlsgw lint PATH... [flags]', '--fail-on', '--rule', '-h, --help'])
        expect(stdout).toContain(word);
      expect(stdout).not.toContain('--context');
    },
  );

  it('prints the version', async () => {
    const { code, stdout } = await tlsgw(['--version']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^kubectl-tlsgw\/\d+\.\d+\.\d+ \S+ node-v\d+\.\d+\.\d+\n$/);
  });
});
