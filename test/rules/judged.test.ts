import { describe, expect, it } from 'vitest';
import { compile } from '../../src/istio/compile.ts';
import { buildView } from '../../src/model/decode.ts';
import type { Finding } from '../../src/model/finding.ts';
import { expand, now } from '../../src/pages/expand.ts';
import { judge } from '../../src/rules/run.ts';
import { parseText, parseValue } from '../../src/sources/yaml.ts';

async function findingsIn(yaml: string): Promise<readonly Finding[]> {
  const view = buildView(parseText(await expand(yaml), 'input.yaml').documents, {
    source: 'files',
    complete: false,
    defaultNamespace: 'default',
    parseMesh: parseValue,
  });
  return judge({ view, configs: compile(view), now, settings: { expiringWithinDays: 30 } }).findings;
}

const rulesIn = async (yaml: string): Promise<string[]> =>
  (await findingsIn(yaml)).filter((f) => f.severity !== 'info').map((f) => f.rule);

const gateway = `apiVersion: apps/v1
kind: Deployment
metadata: {name: edge, namespace: istio-system}
spec:
  template:
    metadata:
      labels: {istio: edge}
    spec:
      containers:
      - {name: istio-proxy, image: proxyv2, args: [proxy, router]}
---
apiVersion: v1
kind: Service
metadata: {name: edge, namespace: istio-system}
spec:
  selector: {istio: edge}
  ports:
  - {name: https, port: 443, targetPort: 8443}
---
apiVersion: v1
kind: Secret
metadata: {name: shop-tls, namespace: istio-system}
data:
  tls.crt: \${cert shop.example.com to=-1}
  tls.key: \${key}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: shop, namespace: shop}
spec:
  selector: {istio: edge}
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    hosts: [shop.example.com]
    tls: {mode: SIMPLE, credentialName: shop-tls}
`;

const role = (namespace: string): string => `---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: app, namespace: ${namespace}}
rules:
- {apiGroups: [""], resources: [configmaps], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: app, namespace: ${namespace}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: app}
subjects:
- {kind: ServiceAccount, name: app}
`;

describe('permissions in the input', () => {
  it('of other namespaces hide no defect of a Secret', async () => {
    expect(await rulesIn(gateway)).toEqual(['cert-expired']);
    expect(await rulesIn(gateway + role('shop'))).toEqual(['cert-expired']);
  });

  it('that deny the Secrets are a finding beside it', async () => {
    expect((await rulesIn(gateway + role('istio-system'))).sort()).toEqual([
      'cert-expired',
      'gateway-sa-cannot-list-secrets',
    ]);
  });
});

describe('a panic of istiod', () => {
  it('is the only finding about the pods that it leaves without a configuration', async () => {
    const crashing = gateway.replace('hosts: [shop.example.com]', 'hosts: ["*/*", ./shop.example.com]');
    expect(await rulesIn(crashing)).toEqual(['gateway-crashes-istiod']);
  });

  const tcp = gateway.replace('hosts: [shop.example.com]', 'hosts: ["*"]').replace('HTTPS}', 'TLS}');
  const routed = (route: string) => `${tcp}---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: shop, namespace: shop}
spec:
  hosts: ["*"]
  gateways: [shop]
  tcp:
  - ${route}
`;

  it.each([['route: []'], ['name: missing-route'], ['route:']])(
    'comes from a rule without destinations: %s',
    async (route) => {
      expect(await rulesIn(routed(route))).toContain('gateway-crashes-istiod');
    },
  );

  it.each([['route: {destination: {host: app}}'], ['route: [app]'], ['route: 0'], ['route: ""']])(
    'is not claimed of a route that could not be read: %s',
    async (route) => {
      const found = await rulesIn(routed(route));
      expect(found).toContain('schema');
      expect(found).not.toContain('gateway-crashes-istiod');
    },
  );
});

describe('a bind that is no address', () => {
  it('makes no listener that clients could reach', async () => {
    const bound = (bind: string) =>
      rulesIn(
        gateway
          .replace('protocol: HTTPS}', `protocol: HTTPS}\n    bind: ${bind}`)
          .replace('number: 443', 'number: 15021'),
      );
    expect(await bound('0.0.0.0')).toContain('port-reserved');
    expect(await bound('fe80::1%eth0')).toContain('port-reserved');
    for (const bind of ['unix:///run/gw.sock', 'localhost', '999.1.1.1', '1.2.3.04', '1::2::3']) {
      const found = await bound(bind);
      expect(found, bind).toContain('schema');
      expect(found, bind).not.toContain('port-reserved');
    }
  });
});

describe('the command of sni-required', () => {
  it.each([
    ['shop.example.com', '--resolve shop.example.com:443:ADDRESS https://shop.example.com/'],
    ['"*.example.com"', '--resolve any.example.com:443:ADDRESS https://any.example.com/'],
    ['https://shop.example.com', '--resolve HOST:443:ADDRESS https://HOST/'],
  ])('asks for a name that clients can send: %s', async (host, command) => {
    const found = await findingsIn(gateway.replace('[shop.example.com]', `[${host}]`));
    expect(found.find((f) => f.rule === 'sni-required')?.remedy).toContain(command);
  });
});
