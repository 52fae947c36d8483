import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { renderGithub } from '../../src/render/github.ts';
import { renderGitlab } from '../../src/render/gitlab.ts';
import { type Format, RENDERERS } from '../../src/render/index.ts';
import { renderJson } from '../../src/render/json.ts';
import { renderJunit } from '../../src/render/junit.ts';
import { renderMarkdown } from '../../src/render/markdown.ts';
import { renderSarif } from '../../src/render/sarif.ts';
import { CONTEXT, DUPLICATE, HOSTILE, IGNORED, INFO, LIVE, NASTY, PROBLEM, reportOf } from './report-values.ts';

const read = (path: string): Record<string, unknown> =>
  JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as Record<string, unknown>;

const RULES = [
  { id: 'unused', summary: 'Unused', severity: 'info', help: 'x', docs: '' },
  { id: LIVE.rule, summary: 'Expires soon', severity: 'warning', help: '# Help', docs: 'https://example.org/r' },
] as const;

const FULL = reportOf([DUPLICATE, LIVE, INFO, HOSTILE], { ignored: [IGNORED], assumptions: ['one workload'] });
const context = { ...CONTEXT, problems: [PROBLEM], rules: RULES };

const FORMATS = Object.keys(RENDERERS) as Format[];

test.each(FORMATS)(
  '%s: has every open question and every unhidden finding, and ends with a newline',
  async (format) => {
    const text = (await RENDERERS[format]())(FULL, context);
    expect(text).toMatch(/[^\n]\n$/);
    for (const part of ['Does Secret istio-system/shop-tls exist?', DUPLICATE.rule, LIVE.rule])
      expect(text).toContain(part);
    const people = ['text', 'github', 'markdown'].includes(format);
    expect(text.includes(INFO.rule)).toBe(!people);
    expect((await RENDERERS[format]())(FULL, { ...context, showInfo: true })).toContain(INFO.rule);
    expect(text.includes(IGNORED.rule)).toBe(['json', 'yaml', 'sarif'].includes(format));
  },
);

test.each(FORMATS)('%s: nothing that a terminal obeys', async (format) => {
  expect((await RENDERERS[format]())(FULL, context)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
});

test('json is the report itself and valid', () => {
  const validate = new Ajv2020({ strict: true }).compile(read('../../schemas/report.v1.json'));
  const value: unknown = JSON.parse(renderJson(FULL, context));
  expect(value).toEqual(FULL);
  expect(validate(value), JSON.stringify(validate.errors)).toBe(true);
  expect(validate({ ...FULL, findings: [{ ...LIVE, severity: 'fatal' }] })).toBe(false);
});

interface Sarif {
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
    readonly invocations: readonly {
      executionSuccessful: boolean;
      toolExecutionNotifications: readonly { level: string; descriptor: { id: string } }[];
    }[];
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly level: string;
      readonly locations: unknown;
      readonly partialFingerprints: unknown;
      readonly suppressions: readonly { readonly kind: string; readonly justification: string }[];
    }[];
  }[];
}

test('sarif is valid against the schema of SARIF 2.1.0', () => {
  // From the npm package @microsoft/jest-sarif 1.0.0-beta.0 (MIT): rtm.5, the final text of 2.1.0, in draft 4.
  const { id: $id, $schema: _, ...schema } = read('./sarif-schema.json') as Record<string, unknown> & { id: string };
  const validate = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile({ $id, ...schema });
  const value = JSON.parse(renderSarif(FULL, context)) as Sarif;
  expect(validate(value), JSON.stringify(validate.errors)).toBe(true);
  expect(validate({ ...value, version: '2.0.0' })).toBe(false);
  expect(validate(JSON.parse(renderSarif(reportOf([], { undecided: [] }), CONTEXT)))).toBe(true);
});

test('sarif: levels, places, suppressions, fingerprints and notifications', () => {
  const [run] = (JSON.parse(renderSarif(FULL, context)) as Sarif).runs;
  if (run === undefined) throw new Error('no run');
  expect(run.results.map((r) => r.level)).toEqual(['error', 'warning', 'note', 'error', 'warning']);
  for (const r of run.results) expect(run.tool.driver.rules[r.ruleIndex]?.id).toBe(r.ruleId);
  expect(run.results[0]?.locations).toEqual([
    {
      physicalLocation: {
        artifactLocation: { uri: 'gateways/sni.yaml', uriBaseId: '%SRCROOT%' },
        region: { startLine: 12, startColumn: 7 },
      },
      logicalLocations: [
        {
          name: 'Gateway test/sni-gateway',
          fullyQualifiedName: 'Gateway test/sni-gateway spec.servers[0].hosts[0]',
          kind: 'object',
        },
      ],
    },
  ]);
  expect(run.results[0]?.partialFingerprints).toEqual({ primaryLocationLineHash: 'f1', 'tlsgw/v1': 'f1' });
  expect(run.results.map((r) => r.suppressions.map((s) => `${s.kind}: ${s.justification}`))).toEqual([
    [],
    [],
    [],
    [],
    ['inSource: test certificate'],
  ]);
  const [invocation] = run.invocations;
  expect(invocation?.executionSuccessful).toBe(false);
  expect(invocation?.toolExecutionNotifications.map((n) => `${n.level} ${n.descriptor.id}`)).toEqual([
    'error unreadable',
    'note undecided',
    'note assumption',
  ]);
});

test('gitlab', () => {
  const issues = JSON.parse(renderGitlab(reportOf([DUPLICATE, LIVE, INFO]), context)) as unknown[];
  expect(issues).toHaveLength(5);
  expect(issues[1]).toEqual({
    description: `${DUPLICATE.message} Clients see: ${DUPLICATE.symptom}`,
    check_name: DUPLICATE.rule,
    fingerprint: 'f1',
    severity: 'critical',
    location: { path: 'gateways/sni.yaml', lines: { begin: 12 } },
  });
  expect(issues[2]).toMatchObject({
    severity: 'minor',
    location: { path: 'Secret istio-system/shop-tls', lines: { begin: 1 } },
  });
  expect(issues[3]).toMatchObject({ severity: 'info' });
  expect(issues[0]).toMatchObject({
    severity: 'blocker',
    location: { path: 'gateways/broken.yaml', lines: { begin: 3 } },
  });
});

test('github', () => {
  expect(renderGithub(reportOf([DUPLICATE, LIVE]), context).split('\n')).toEqual([
    '::error file=gateways/broken.yaml,line=3,col=4,title=unreadable::a mapping value is not allowed here%0Aindent the line by two more blanks',
    `::error file=gateways/sni.yaml,line=12,col=7,title=${DUPLICATE.rule}::${DUPLICATE.message}%0AGateway test/sni-gateway spec.servers[0].hosts[0]%0ASee Gateway test/manual-gateway spec.servers[0].hosts: this server wins%0AClients see: ${DUPLICATE.symptom}%0AFix:%0A${DUPLICATE.remedy.replace('\n', '%0A')}`,
    `::warning title=${LIVE.rule}::${LIVE.message}%0ASecret istio-system/shop-tls data["tls.crt"]`,
    '::notice title=undecided::Does Secret istio-system/shop-tls exist?%0Abecause the input holds no Secret of namespace istio-system%0Adecided by: kubectl get secret shop-tls -n istio-system -o yaml',
    '1 error, 1 warning; read 5 objects in 2 files, 1 gateway workload, for Istio 1.30.3; 1 question undecided; 1 input unreadable.',
    '',
  ]);
});

/** What the runner of GitHub Actions makes of one line. */
function workflowCommand(line: string): { properties: Record<string, string>; data: string } | null {
  const match = /^\s*::(\w+)(?: (.*?))?::(.*)$/.exec(line);
  if (match === null) return null;
  const plain = (text: string): string => text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
  const pairs = (match[2] ?? '').split(',').map((pair) => /^([^=]*)=(.*)$/.exec(pair) ?? []);
  const properties = pairs.map(([, k, v]) => [k, plain((v ?? '').replaceAll('%3A', ':').replaceAll('%2C', ','))]);
  return { properties: Object.fromEntries(properties) as Record<string, string>, data: plain(match[3] ?? '') };
}

test('github: a hostile name stays one message of one command', () => {
  const lines = renderGithub(reportOf([HOSTILE], { undecided: [], inputs: [NASTY] }), CONTEXT).split('\n');
  expect(lines).toHaveLength(3);
  const command = workflowCommand(lines[0] ?? '');
  expect(command?.properties.line).toBe('1');
  expect(command?.properties.file).toContain('::error::x,line=7,title=y %0A <b onclick="x">');
  expect(command?.data).toContain('::error::x,line=7,title=y %0A <b onclick="x">');
  const live = reportOf([], { undecided: [], inputs: [NASTY] });
  const summary = renderGithub({ ...live, summary: { ...live.summary, files: 0 } }, CONTEXT);
  expect(summary).not.toMatch(/##\[|^\s*::/m);
});

test('junit', () => {
  expect(renderJunit(reportOf([LIVE, INFO]), { ...CONTEXT, problems: [PROBLEM] })).toBe(
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="kubectl-tlsgw" tests="4" failures="1" errors="1">
  <testsuite name="gateways/broken.yaml" tests="1" failures="0" errors="1" skipped="0">
    <testcase name="gateways/broken.yaml:3:4" classname="unreadable">
      <error message="a mapping value is not allowed here" type="unreadable">indent the line by two more blanks</error>
    </testcase>
  </testsuite>
  <testsuite name="Secret istio-system/shop-tls" tests="2" failures="1" errors="0" skipped="0">
    <testcase name="Secret istio-system/shop-tls data[&quot;tls.crt&quot;]" classname="cert-expiring-soon">
      <failure message="the certificate of Secret istio-system/shop-tls expires in 9 days" type="warning">the certificate of Secret istio-system/shop-tls expires in 9 days</failure>
    </testcase>
    <testcase name="Secret istio-system/shop-tls data[&quot;tls.crt&quot;]" classname="sni-required">
      <system-out>an info</system-out>
    </testcase>
  </testsuite>
  <testsuite name="undecided" tests="1" failures="0" errors="0" skipped="1">
    <testcase name="Does Secret istio-system/shop-tls exist?" classname="secret-not-found">
      <skipped message="the input holds no Secret of namespace istio-system; decided by: kubectl get secret shop-tls -n istio-system -o yaml"></skipped>
    </testcase>
  </testsuite>
</testsuites>
`,
  );
});

test('junit: a clean run is one passed case; hostile texts stay text', () => {
  expect(renderJunit(reportOf([], { undecided: [] }), CONTEXT)).toContain(
    '<testcase name="no error or warning in 5 objects" classname="all"/>',
  );
  const xml = renderJunit(reportOf([HOSTILE], { undecided: [] }), CONTEXT);
  expect(xml).not.toContain('<b onclick');
  expect(
    xml.replaceAll(/<\/?(testsuites?|testcase|failure)( [a-z]+="[^"<>&]*(&[a-z]+;[^"<>&]*)*")*>|<\?xml[^>]*>/g, ''),
  ).not.toMatch(/[<>]|&(?!(amp|lt|gt|quot|apos);)/);
});

test('markdown', () => {
  expect(
    renderMarkdown(reportOf([DUPLICATE, LIVE], { assumptions: ['a workload'] }), { ...CONTEXT, problems: [PROBLEM] }),
  ).toBe(
    `## kubectl-tlsgw: 1 error, 1 warning

1 error, 1 warning; read 5 objects in 2 files, 1 gateway workload, for Istio 1.30.3; 1 question undecided; 1 input unreadable.

### Unreadable

- \`gateways/broken.yaml:3:4\`: a mapping value is not allowed here indent the line by two more blanks

### error: [\`server-dropped-duplicate-host\`](https://example.org/rules/server-dropped-duplicate-host)

istiod drops the server of Gateway test/sni-gateway: Gateway test/manual-gateway has httpbin.example.com

- \`gateways/sni.yaml:12:7\` \`Gateway test/sni-gateway spec.servers[0].hosts[0]\`
- \`gateways/manual.yaml:9:5\` \`Gateway test/manual-gateway spec.servers[0].hosts\`: this server wins

**Clients see:** clients of httpbin.example.com get the certificate of manual-gateway

**Fix:**

\`\`\`
${DUPLICATE.remedy}
\`\`\`

### warning: \`cert-expiring-soon\`

the certificate of Secret istio-system/shop-tls expires in 9 days

- \`Secret istio-system/shop-tls data["tls.crt"]\`

### Undecided

- Does Secret istio-system/shop-tls exist? Because the input holds no Secret of namespace istio-system; decided by: \`kubectl get secret shop-tls -n istio-system -o yaml\`

### Assumed

- a workload
`,
  );
});

test('markdown: hostile texts are neither HTML nor links nor mentions, and cannot leave their block', () => {
  const ticks = '`````\nleft the block';
  const text = renderMarkdown(reportOf([{ ...HOSTILE, remedy: ticks }], { undecided: [] }), CONTEXT);
  const outside = text.replaceAll(/(`+)[^`](?:[\s\S]*?[^`])?\1(?!`)/g, '');
  expect(outside).not.toMatch(/<(?!br>)|@(?!&#8203;)|(?<!\\)\[(?!\])/);
  expect(outside).not.toMatch(/(?<!\\)\]\(/);
  expect(outside).not.toContain('left the block');
});

test('markdown: fits into a comment, and says what is missing', () => {
  const text = renderMarkdown(reportOf(Array.from({ length: 3000 }, () => DUPLICATE)), CONTEXT);
  expect(text.length).toBeLessThan(65_536);
  expect(text).toMatch(/… and \d{4} more, which this comment has no room for\./);
  expect(text).toContain('### Undecided');
});

test('junit: no line of a log becomes a command of GitHub Actions', () => {
  const hostile = { ...LIVE, message: 'a\n::error::b', remedy: 'Do\n  ::stop-commands::x\n##[error]y' };
  const xml = renderJunit(reportOf([hostile, { ...hostile, severity: 'info' }], { undecided: [] }), CONTEXT);
  expect(xml.split('\n').filter((line) => /^\s*(::|##\[)/.test(line))).toEqual([]);
  expect(xml).toContain('\\::stop-commands::x');
});
