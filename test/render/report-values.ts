import type { Finding, IgnoredFinding, Report } from '../../src/model/finding.ts';
import type { RenderContext } from '../../src/render/report.ts';
import { REPORT_SCHEMA } from '../../src/render/report.ts';

const id = (kind: string, namespace: string, name: string) => ({
  apiVersion: kind === 'Secret' ? 'v1' : 'networking.istio.io/v1',
  kind,
  namespace,
  name,
});

/** A finding with everything a finding can have. */
export const DUPLICATE: Finding = {
  rule: 'server-dropped-duplicate-host',
  severity: 'error',
  message: 'istiod drops the server of Gateway test/sni-gateway: Gateway test/manual-gateway has httpbin.example.com',
  resource: id('Gateway', 'test', 'sni-gateway'),
  workload: 'istio-system/istio-ingressgateway',
  path: 'spec.servers[0].hosts[0]',
  location: { file: '/repo/gateways/sni.yaml', line: 12, column: 7 },
  related: [
    {
      resource: id('Gateway', 'test', 'manual-gateway'),
      path: 'spec.servers[0].hosts',
      location: { file: '/repo/gateways/manual.yaml', line: 9, column: 5 },
      message: 'this server wins',
    },
  ],
  symptom: 'clients of httpbin.example.com get the certificate of manual-gateway',
  remedy:
    'kubectl patch gateway sni-gateway -n test --type json -p \\\n  \'[{"op": "remove", "path": "/spec/servers/0"}]\'',
  docs: 'https://example.org/rules/server-dropped-duplicate-host',
  fingerprint: 'f1',
};

/** A finding about an object of a live cluster, with nothing but the message. */
export const LIVE: Finding = {
  rule: 'cert-expiring-soon',
  severity: 'warning',
  message: 'the certificate of Secret istio-system/shop-tls expires in 9 days',
  resource: id('Secret', 'istio-system', 'shop-tls'),
  workload: null,
  path: 'data["tls.crt"]',
  location: null,
  related: [],
  symptom: '',
  remedy: '',
  docs: '',
  fingerprint: 'f2',
};

export const INFO: Finding = { ...LIVE, rule: 'sni-required', severity: 'info', message: 'an info', fingerprint: 'f3' };

export const IGNORED: IgnoredFinding = {
  ...LIVE,
  rule: 'cert-cn-only',
  message: 'ignored',
  fingerprint: 'f4',
  reason: 'test certificate',
  by: 'inline',
};

/** Everything that must not reach a terminal, a workflow, an XML parser or a browser as it is. */
export const NASTY =
  '\u001b[31mred\u009b \r\n::error::x,line=7,title=y %0A <b onclick="x">&amp; `` ]]> [a](javascript:x) @team | "q" \u202e \u0000 ##[add-mask]y';

export const HOSTILE: Finding = {
  ...DUPLICATE,
  message: NASTY,
  resource: id('Gateway', 'test', NASTY),
  path: NASTY,
  location: { file: `/repo/${NASTY}.yaml`, line: 1, column: 1 },
  related: [{ resource: id('Gateway', 'test', NASTY), path: NASTY, location: null, message: NASTY }],
  symptom: NASTY,
  remedy: NASTY,
  docs: 'javascript:alert(1)',
  workload: NASTY,
};

/** A report of these findings, with one open question. */
export const reportOf = (findings: readonly Finding[], other: Partial<Report> = {}): Report => {
  const count = (severity: Finding['severity']): number => findings.filter((f) => f.severity === severity).length;
  const undecided = other.undecided ?? [
    {
      question: 'Does Secret istio-system/shop-tls exist?',
      because: 'the input holds no Secret of namespace istio-system',
      decides: { kind: 'file', command: 'kubectl get secret shop-tls -n istio-system -o yaml' } as const,
      rule: 'secret-not-found',
      resource: id('Gateway', 'test', 'sni-gateway'),
    },
  ];
  return {
    schema: REPORT_SCHEMA,
    tool: { name: 'kubectl-tlsgw', version: '0.1.0' },
    istioVersion: '1.30.3',
    now: '2026-12-01T00:00:00Z',
    inputs: ['gateways'],
    summary: {
      objects: 5,
      files: 2,
      workloads: 1,
      errors: count('error'),
      warnings: count('warning'),
      infos: count('info'),
      undecided: undecided.length,
    },
    findings,
    ignored: [],
    assumptions: [],
    ...other,
    undecided,
  };
};

export const CONTEXT: RenderContext = {
  width: 0,
  color: 0,
  cwd: '/repo',
  excerpt: () => null,
  showInfo: false,
  quiet: false,
  problems: [],
  rules: [],
};

export const PROBLEM = {
  file: 'gateways/broken.yaml',
  line: 3,
  column: 4,
  message: 'a mapping value is not allowed here',
  hint: 'indent the line by two more blanks',
  excerpt: 'a: b: c',
};
