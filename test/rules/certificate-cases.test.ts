import { describe, expect, it } from 'vitest';
import { makeCa, makeCrl, makeLeaf } from '../../src/pages/certificates.ts';
import { durationOf } from '../../src/rules/facts/cert-manager.ts';
import { type Content, judgeCluster, verdicts } from './secrets.ts';

const dates = { notBefore: '2026-01-01', notAfter: '2027-01-01' };
const root = makeCa({ cn: 'root', slot: 'cases root' });
const made = (...sans: string[]) => makeLeaf({ cn: sans[0]!, sans, ca: root, ...dates });
const pair = (of: ReturnType<typeof made>): Content => ({ 'tls.crt': of.pem, 'tls.key': of.key() });
const shop = pair(made('shop.example.com'));
const broken: Content = { ...shop, 'tls.key': 'none' };

const gateway = (name: string, credential: string, host: string) => `---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: ${name}, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - {port: {number: 443, name: ${name}, protocol: HTTPS}, hosts: [${host}], tls: {mode: SIMPLE, credentialName: ${credential}}}
`;

const configMap = (name: string, content: string) =>
  `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: shop}\ndata: {ca.crt: ${JSON.stringify(content)}}\n`;

describe('a finding about a Secret', () => {
  it('is one, with every server that uses the Secret', () => {
    const more = gateway('www', 'shop-tls', 'www.example.com') + gateway('api', 'shop-tls', 'api.example.com');
    const { findings } = judgeCluster({ secrets: { 'shop-tls': broken }, more });
    const malformed = findings.filter(({ rule }) => rule === 'pem-malformed');
    expect(malformed).toHaveLength(1);
    expect(malformed[0]!.resource).toMatchObject({ kind: 'Secret', namespace: 'istio-system', name: 'shop-tls' });
    expect(malformed[0]!.path).toBe('data["tls.key"]');
    expect(malformed[0]!.related.map(({ resource }) => resource.name)).toEqual(['api', 'shop', 'www']);
  });

  it('names the hosts of other servers that it endangers', () => {
    const secrets = { 'shop-tls': broken, 'www-tls': pair(made('www.example.com')) };
    const { findings } = judgeCluster({ secrets, more: gateway('www', 'www-tls', 'www.example.com') });
    expect(verdicts(findings)).toEqual(['error pem-malformed']);
    expect(findings[0]!.symptom).toContain('endangers every HTTPS host of the gateway (www.example.com)');
  });

  it('knows of another certificate of the server', () => {
    const secrets = { 'shop-tls': broken, 'shop-rsa': pair(made('shop.example.com')) };
    const { findings } = judgeCluster({ secrets, tls: '{mode: SIMPLE, credentialNames: [shop-rsa, shop-tls]}' });
    expect(findings[0]!.symptom).toMatch(/^the other certificate of the server is served alone/);
  });

  it('is about the ConfigMap that holds the CA', () => {
    const tls = '{mode: OPTIONAL_MUTUAL, credentialName: shop-tls, caCertCredentialName: "configmap://shop/clients"}';
    const of = (content: string) =>
      judgeCluster({ secrets: { 'shop-tls': shop }, tls, more: configMap('clients', content) }).findings;
    expect(of(root.pem)).toEqual([]);
    const [expired] = of(makeCa({ cn: 'clients', notAfter: '2026-02-01' }).pem);
    expect(expired).toMatchObject({ rule: 'client-ca-expired', severity: 'error', path: 'data["ca.crt"]' });
    expect(expired!.resource).toMatchObject({ kind: 'ConfigMap', namespace: 'shop', name: 'clients' });
    expect(expired!.symptom).toContain('clients without a certificate get in');
    const [damaged] = of(root.pem.replaceAll('\n', '\\n'));
    expect(damaged).toMatchObject({ rule: 'pem-malformed', severity: 'error' });
  });

  it('tells plain text under data from a placeholder', () => {
    const of = (value: string) =>
      judgeCluster({
        secrets: { other: { x: 'y' } },
        more: `---\napiVersion: v1\nkind: Secret\nmetadata: {name: shop-tls, namespace: istio-system}\ndata: {tls.crt: ${JSON.stringify(value)}, tls.key: bm9uZQ==}\n`,
      });
    const { findings } = of(made('shop.example.com').pem);
    expect(findings).toMatchObject([{ rule: 'pem-malformed', remedy: 'Write it under stringData instead of data.' }]);
    expect(findings[0]!.message).toContain('is plain text under data, where base64 is expected');
    for (const placeholder of ['<base64 of the certificate>', `\${TLS_CRT}`, '{{ .Values.crt }}', 'TO_BE_FILLED_IN']) {
      expect(of(placeholder).findings).toEqual([]);
      expect(of(placeholder).undecided.map(({ because }) => because)).toEqual([
        'tls.crt is a placeholder that something fills in later',
      ]);
    }
  });

  it('reads crl beside cacert', () => {
    const secret = { ...shop, cacert: root.pem, crl: makeCrl({ ca: root, nextUpdate: '2026-05-01' }) };
    const { findings } = judgeCluster({
      secrets: { 'shop-tls': secret },
      tls: '{mode: MUTUAL, credentialName: shop-tls}',
    });
    expect(findings).toMatchObject([{ rule: 'crl-unusable', severity: 'error', path: 'data.crl' }]);
  });
});

describe('nothing is said', () => {
  const silent = (cluster: Parameters<typeof judgeCluster>[0]) => expect(judgeCluster(cluster).findings).toEqual([]);

  it('of a Secret that an operator makes', () => {
    const more = `---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: shop, namespace: istio-system}
spec: {target: {name: shop-tls}}
`;
    silent({ secrets: { other: { x: 'y' } }, more });
  });

  it('of names that differ in case, form and a trailing dot only', () => {
    const leaf = makeLeaf({
      cn: null,
      sans: ['XN--Bcher-kva.Example.com', 'shop.example.com'],
      ips: ['10.0.0.1', '2001:db8::1'],
      ca: root,
      ...dates,
    });
    const hosts = ['xn--bcher-kva.example.com', 'Shop.Example.COM.', '10.0.0.1', '2001:DB8:0::1'];
    silent({ secrets: { 'shop-tls': { 'tls.crt': leaf.pem, 'tls.key': leaf.key() } }, hosts });
  });

  it('of the fallback server, about hosts that another server claims', () => {
    const more = `${gateway('fallback', 'default-tls', '"*"')}---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: shop, namespace: shop}
spec: {hosts: [shop.example.com], gateways: [shop, fallback], http: [{route: [{destination: {host: shop}}]}]}
`;
    silent({ secrets: { 'shop-tls': shop, 'default-tls': pair(made('default.example.com')) }, more });
  });

  it('of a pair whose content is encrypted, and of the certificate beside it', () => {
    const more = `---
apiVersion: v1
kind: Secret
metadata: {name: shop-sops, namespace: istio-system}
stringData: {tls.crt: "ENC[AES256_GCM,data:eA==,type:str]", tls.key: "\${KEY}"}
`;
    const cluster = {
      secrets: { 'www-tls': pair(made('www.example.com')) },
      tls: '{mode: SIMPLE, credentialNames: [www-tls, shop-sops]}',
      more,
    };
    silent(cluster);
    expect(judgeCluster(cluster).undecided.map(({ rule, resource }) => [rule, resource?.name])).toEqual([
      ['pem-malformed', 'shop-sops'],
    ]);
  });
});

describe('durations of Go', () => {
  it('are read in hours, minutes and seconds', () => {
    expect(durationOf('360h')).toBe(360 * 3_600_000);
    expect(durationOf('1h30m0s')).toBe(5_400_000);
    for (const other of ['', 'soon', '3d', '360', 360, null]) expect(durationOf(other)).toBeNull();
  });
});
