import { compile } from '../../src/istio/compile.ts';
import { buildView } from '../../src/model/decode.ts';
import type { Finding } from '../../src/model/finding.ts';
import { now } from '../../src/pages/expand.ts';
import { type Judgement, judge } from '../../src/rules/run.ts';
import { parseText, parseValue } from '../../src/sources/yaml.ts';

/** The rules that look into certificates, keys, CAs and revocation lists. */
const certificateRules = [
  'cert-cn-only',
  'cert-expired',
  'cert-expiring-soon',
  'cert-manager-not-ready',
  'cert-not-yet-valid',
  'cert-san-mismatch',
  'chain-incomplete',
  'chain-order',
  'client-ca-expired',
  'client-ca-is-server-ca',
  'connection-coalescing',
  'credential-names',
  'crl-unusable',
  'key-cert-mismatch',
  'mutual-without-ca',
  'pem-malformed',
  'secret-bad-keys',
  'secret-shadowed-keys',
  'unsupported-key',
  'wildcard-san-depth',
];

export type Bytes = string | Uint8Array;

/** The contents of one Secret by key. */
export type Content = Readonly<Record<string, Bytes>>;

/** One cluster: Secrets in istio-system, a server of the ingress gateway, and further documents. */
export interface Cluster {
  readonly secrets: Readonly<Record<string, Content>>;
  readonly tls?: string;
  readonly hosts?: readonly string[];
  readonly more?: string;
}

const PODS = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: istio-ingressgateway, namespace: istio-system}
spec:
  template:
    metadata: {labels: {istio: ingressgateway}}
    spec: {containers: [{name: istio-proxy, args: [proxy, router]}]}
---
`;

const secretText = (name: string, content: Content): string => {
  const data = Object.entries(content).map(
    ([key, value]) => `  ${key}: ${Buffer.from(value as string).toString('base64')}`,
  );
  return `apiVersion: v1\nkind: Secret\nmetadata: {name: ${name}, namespace: istio-system}\ndata:\n${data.join('\n')}\n---\n`;
};

/** Judges a cluster with the rules about certificates. */
export function judgeCluster({ secrets, tls, hosts = ['shop.example.com'], more = '' }: Cluster): Judgement {
  const gateway = `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: shop, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    hosts: ${JSON.stringify(hosts)}
    tls: ${tls ?? '{mode: SIMPLE, credentialName: shop-tls}'}
`;
  const texts = Object.entries(secrets).map(([name, content]) => secretText(name, content));
  const { documents } = parseText(`${PODS}${texts.join('')}${gateway}${more}`, 'cluster.yaml');
  const view = buildView(documents, {
    source: 'files',
    complete: true,
    defaultNamespace: 'default',
    parseMesh: parseValue,
  });
  const rules = { only: certificateRules };
  return judge({ view, configs: compile(view), now, settings: { expiringWithinDays: 30 }, rules });
}

/** `error pem-malformed`: what was found, without infos. */
export const verdicts = (findings: readonly Finding[]): string[] =>
  findings.filter(({ severity }) => severity !== 'info').map(({ severity, rule }) => `${severity} ${rule}`);
