import { afterEach, describe, expect, it } from 'vitest';
import { compile } from '../../src/istio/compile.ts';
import { buildView } from '../../src/model/decode.ts';
import { judge } from '../../src/rules/run.ts';
import type { ClusterDocuments } from '../../src/sources/cluster.ts';
import { parseValue } from '../../src/sources/yaml.ts';
import { accessTo, asCluster, clusterOfCase, read } from './cluster.ts';
import { type ApiObject, type FakeApi, type FakeOptions, fakeApi } from './fake-api.ts';

const open: FakeApi[] = [];
const serve = async (objects: readonly ApiObject[], options?: FakeOptions): Promise<FakeApi> => {
  const api = await fakeApi(objects, options);
  open.push(api);
  return api;
};

afterEach(async () => {
  await Promise.all(open.splice(0).map((api) => api.close()));
});

function judged(found: ClusterDocuments) {
  const view = buildView(found.documents, {
    ...found,
    source: 'cluster',
    complete: true,
    defaultNamespace: 'default',
    parseMesh: parseValue,
  });
  const configs = compile(view);
  return {
    view,
    configs,
    ...judge({ view, configs, now: new Date('2026-11-22T00:00:00Z'), settings: { expiringWithinDays: 30 } }),
  };
}

const gateway = (namespace: string, name: string, credential: string, more = ''): string => `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: ${name}, namespace: ${namespace}, creationTimestamp: "2026-01-01T00:00:00Z"}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    hosts: [${name}.example.com]
    tls: {mode: SIMPLE, credentialName: ${credential}}
${more}---`;

const pods = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress, namespace: edge}
spec:
  template:
    metadata: {labels: {istio: ingressgateway, app: ingress}}
    spec:
      serviceAccountName: ingress
      containers:
      - {name: istio-proxy, image: "istio/proxyv2:1.29.2", args: [proxy, router], env: [{name: SECRET, value: hidden-value}], ports: [{containerPort: 8443}]}
---
apiVersion: v1
kind: Service
metadata: {name: ingress, namespace: edge}
spec: {selector: {istio: ingressgateway}, ports: [{name: https, port: 443, targetPort: 8443}]}
---
`;
const secret = (namespace: string, name: string): string => `
apiVersion: v1
kind: Secret
metadata: {name: ${name}, namespace: ${namespace}}
type: kubernetes.io/tls
stringData: {tls.crt: some, tls.key: thing}
---`;

describe('a cluster without obstacles', () => {
  it('reads Secrets by their names only, and asks in pages', async () => {
    const api = await serve(
      asCluster(
        `${pods}${gateway('team-a', 'shop', 'shop-tls')}${secret('edge', 'shop-tls')}${secret('edge', 'db-password')}`,
      ),
    );
    const found = await read(accessTo(api.url));
    expect(found.gaps).toEqual([]);
    const secrets = api.requests.filter((r) => r.includes('/secrets'));
    expect(secrets).toEqual(['GET /api/v1/namespaces/edge/secrets/shop-tls']);
    expect(api.requests.filter((r) => r.startsWith('POST'))).toEqual([
      'POST /apis/authorization.k8s.io/v1/subjectaccessreviews',
    ]);
    const lists = api.requests.filter((r) => /\/(gateways|virtualservices|services|pods)\?/.test(r));
    expect(lists.every((r) => r.includes('limit=500'))).toBe(true);
    expect(api.requests).toHaveLength(found.requests);
  });

  it('keeps nothing that could be a secret of somebody else', async () => {
    const api = await serve(asCluster(`${pods}${gateway('team-a', 'shop', 'shop-tls')}${secret('edge', 'shop-tls')}`));
    const text = JSON.stringify((await read(accessTo(api.url))).documents);
    for (const word of ['hidden-value', 'last-applied', 'managedFields', 'resourceVersion'])
      expect(text).not.toContain(word);
  });

  it('counts the pods of a Deployment once, by its name', async () => {
    const api = await serve(asCluster(`${pods}${gateway('team-a', 'shop', 'shop-tls')}`));
    const { configs } = judged(await read(accessTo(api.url)));
    expect(configs.map(({ workload: w }) => `${w.kind} ${w.namespace}/${w.name}`)).toEqual(['Deployment edge/ingress']);
    expect(configs[0]?.listeners.map((l) => l.name)).toEqual(['0.0.0.0_8443']);
  });

  it('finds the Secret in the namespace in which somebody looked for it, without reading it', async () => {
    const api = await serve(
      asCluster(`${pods}${gateway('team-a', 'shop', 'shop-tls')}${secret('team-a', 'shop-tls')}`),
    );
    const { findings } = judged(await read(accessTo(api.url)));
    expect(findings.map((f) => f.rule)).toContain('secret-wrong-namespace');
    const [elsewhere] = api.heads.filter((h) => h.url?.includes('fieldSelector'));
    expect(elsewhere?.headers.accept).toContain('as=PartialObjectMetadataList');
    expect(api.requests).not.toContain('GET /api/v1/namespaces/team-a/secrets/shop-tls');
  });

  it('says that a Secret does not exist: a cluster is complete', async () => {
    const api = await serve(asCluster(`${pods}${gateway('team-a', 'shop', 'shop-tls')}`));
    const { findings } = judged(await read(accessTo(api.url)));
    expect(findings.find((f) => f.rule === 'secret-not-found')?.severity).toBe('error');
  });

  it('asks whether the pods may list Secrets', async () => {
    const objects = asCluster(`${pods}${gateway('team-a', 'shop', 'shop-tls')}${secret('edge', 'shop-tls')}`);
    const denied = await serve(objects, { denied: ['edge:ingress'] });
    const result = judged(await read(accessTo(denied.url)));
    expect(result.findings.map((f) => f.rule)).toContain('gateway-sa-cannot-list-secrets');
    expect(result.configs[0]?.secrets[0]?.payload).toMatchObject({
      kind: 'not-delivered',
      reason: { why: 'not-authorized' },
    });
    const allowed = await serve(objects);
    expect(judged(await read(accessTo(allowed.url))).findings.map((f) => f.rule)).not.toContain(
      'gateway-sa-cannot-list-secrets',
    );
  });

  it('doubts predictions for another version', async () => {
    const istiod = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: istiod, namespace: istio-system}
spec: {template: {metadata: {labels: {app: istiod, istio: pilot}}, spec: {containers: [{name: discovery, image: "docker.io/istio/pilot:1.28.0-distroless"}]}}}
---`;
    const api = await serve(asCluster(`${pods}${istiod}${gateway('team-a', 'shop', 'shop-tls')}`));
    const found = await read(accessTo(api.url));
    expect(found.istiodVersions).toEqual(['1.28.0']);
    const questions = judged(found).undecided.map((u) => u.question);
    expect(questions).toContainEqual(expect.stringContaining('Does istiod 1.28.0 build what Istio 1.30 builds'));
    expect(questions).toContainEqual(expect.stringContaining('Does the proxy of edge/ingress 1.29.2 build'));
  });

  it('takes the older version of the API where there is no v1', async () => {
    const old = asCluster(gateway('team-a', 'shop', 's').replace('istio.io/v1', 'istio.io/v1beta1'));
    const api = await serve(old, {
      fault: (url, response) => {
        if (!url.pathname.startsWith('/apis/networking.istio.io/v1/')) return false;
        response.writeHead(404, { 'content-type': 'application/json' }).end('{"kind":"Status","code":404}');
        return true;
      },
    });
    const { documents } = await read(accessTo(api.url));
    expect(documents.map((d) => d.body['apiVersion'])).toContain('networking.istio.io/v1beta1');
  });

  it.each(['groups', 'aggregated'] as const)('understands discovery as %s', async (discovery) => {
    const objects = [...clusterOfCase('tutorial-all-three-at-once')];
    const api = await serve(objects, { discovery });
    const found = await read(accessTo(api.url));
    expect(found.gaps).toEqual([]);
    expect(found.documents.filter((d) => d.body['kind'] === 'Gateway')).toHaveLength(3);
  });
});

describe('somebody who may not read everything', () => {
  const objects = asCluster(
    `${pods}${gateway('team-a', 'shop', 'shop-tls')}${gateway('team-b', 'blog', 'blog-tls')}${secret('edge', 'shop-tls')}`,
  );
  const only =
    (...namespaces: readonly string[]): NonNullable<FakeOptions['allow']> =>
    ({ namespace, resource, verb }) =>
      namespaces.includes(namespace) || (resource === 'namespaces' && verb === 'get');

  it('gets an answer for the namespace that may be read, and questions about the rest', async () => {
    const api = await serve(objects, { allow: only('team-a') });
    const found = await read(accessTo(api.url, { namespace: 'team-a' }), { kubectl: 'kubectl --context dev' });
    const names = found.documents
      .filter((d) => d.body['kind'] === 'Gateway')
      .map((d) => (d.body['metadata'] as { name: string }).name);
    expect(names).toEqual(['shop']);
    expect(found.gaps.find((g) => g.kinds === 'gateways')).toEqual({
      kinds: 'gateways',
      namespace: null,
      except: ['team-a'],
      because: 'gateways.networking.istio.io outside of team-a: forbidden for user dev',
      decides: 'kubectl --context dev auth can-i list gateways.networking.istio.io -A',
    });
    const { findings } = judged(found);
    expect(findings.filter((f) => f.severity === 'error')).toEqual([]);
  });

  it('reads the two namespaces of fifty that may be read', async () => {
    const many = [
      ...objects,
      ...Array.from({ length: 50 }, (_, i) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: `n${i}` } })),
    ];
    const api = await serve(many, {
      allow: ({ namespace, resource }) => resource === 'namespaces' || ['edge', 'team-b'].includes(namespace),
    });
    const found = await read(accessTo(api.url));
    expect(found.gaps.find((g) => g.kinds === 'gateways')?.except).toEqual(['edge', 'team-b']);
    const { undecided } = judged(found);
    expect(undecided).toContainEqual(
      expect.objectContaining({
        question: expect.stringContaining('There may be gateways of other namespaces'),
        decides: { kind: 'permission', command: 'kubectl auth can-i list gateways.networking.istio.io -A' },
      }),
    );
  });

  it('asks about Secrets that may not be read, with the permission that is missing', async () => {
    const api = await serve(objects, { allow: ({ resource }) => resource !== 'secrets' });
    const { findings, undecided } = judged(await read(accessTo(api.url)));
    expect(findings.filter((f) => f.rule.startsWith('secret'))).toEqual([]);
    expect(undecided).toContainEqual(
      expect.objectContaining({
        rule: 'secret-not-found',
        because: 'secrets in edge: forbidden for user dev',
        decides: { kind: 'permission', command: 'kubectl auth can-i get secrets/shop-tls -n edge' },
      }),
    );
  });

  it('asks about access reviews that are refused', async () => {
    const api = await serve(objects, { allow: ({ resource }) => resource !== 'subjectaccessreviews' });
    const { findings, undecided } = judged(await read(accessTo(api.url)));
    expect(findings.map((f) => f.rule)).not.toContain('gateway-sa-cannot-list-secrets');
    expect(undecided.find((u) => u.rule === 'gateway-sa-cannot-list-secrets')?.decides.command).toContain(
      'auth can-i list secrets',
    );
  });

  it.each(['services', 'pods', 'virtualservices', 'configmaps', 'destinationrules'])(
    'asks about %s',
    async (hidden) => {
      const api = await serve(objects, { allow: ({ resource }) => resource !== hidden });
      const found = await read(accessTo(api.url));
      expect(found.gaps.map((g) => g.kinds)).toEqual([hidden]);
      const { findings } = judged(found);
      expect(findings.filter((f) => ['port-not-exposed', 'selector-no-pods'].includes(f.rule))).toEqual([]);
    },
  );

  it('a missing CustomResourceDefinition of Istio is a question too', async () => {
    const api = await serve(objects, {
      fault: (url, response) => {
        if (!url.pathname.endsWith('/serviceentries')) return false;
        response.writeHead(404, { 'content-type': 'application/json' }).end('{"kind":"Status","code":404}');
        return true;
      },
    });
    const [gap, ...others] = (await read(accessTo(api.url))).gaps;
    expect(others).toEqual([]);
    expect(gap?.decides).toBe('kubectl get crd serviceentries.networking.istio.io');
  });
});

describe('istiod', () => {
  const istiod = (env: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: istiod, namespace: istio-system}
spec:
  template:
    metadata: {labels: {app: istiod}}
    spec:
      containers: [{name: discovery, image: "istio/pilot:1.30.3", env: [{name: OTHER, value: hidden-value}${env}]}]
---`;
  it('is asked whether Gateways reach pods of other namespaces, and for nothing else', async () => {
    const told = `, {name: PILOT_SCOPE_GATEWAY_TO_NAMESPACE, value: "true"}`;
    const api = await serve(asCluster(`${pods}${gateway('team-a', 'shop', 'shop-tls')}${istiod(told)}`));
    const found = await read(accessTo(api.url));
    expect(JSON.stringify(found.documents)).not.toContain('hidden-value');
    expect(judged(found).findings.map((f) => f.rule)).toEqual(['selector-no-pods']);
    const plain = await serve(asCluster(`${pods}${gateway('team-a', 'shop', 'shop-tls')}${istiod('')}`));
    expect(JSON.stringify((await read(accessTo(plain.url))).documents)).not.toContain('discovery');
  });
});

describe('the mesh configuration', () => {
  const mesh = (name: string, domain: string) => `
apiVersion: v1
kind: ConfigMap
metadata: {name: ${name}, namespace: istio-system}
data: {mesh: "trustDomain: ${domain}\\nrootNamespace: ${domain}"}
---`;
  const revision = (of: string, yaml: string): string =>
    yaml.replace('{istio: ingressgateway, app', `{istio.io/rev: ${of}, istio: ingressgateway, app`);
  const meshOf = async (yaml: string) => {
    const api = await serve(asCluster(yaml));
    const found = await read(accessTo(api.url));
    return { found, root: judged(found).view.mesh.rootNamespace };
  };

  it('is that of the revision of the gateways, although the default one has another', async () => {
    const { found, root } = await meshOf(
      `${revision('canary', pods)}${gateway('team-a', 'shop', 'shop-tls')}${mesh('istio', 'old')}${mesh('istio-canary', 'new')}`,
    );
    expect(root).toBe('new');
    expect(found.gaps).toEqual([]);
    expect(found.notes).toEqual([
      'the mesh configuration is that of revision canary (ConfigMap istio-system/istio-canary)',
    ]);
  });

  it('is that of the revision of their namespace, where the pods do not say', async () => {
    const namespace = `
apiVersion: v1
kind: Namespace
metadata: {name: edge, labels: {istio.io/rev: canary}}
---`;
    const { root } = await meshOf(`${namespace}${pods}${mesh('istio', 'old')}${mesh('istio-canary', 'new')}`);
    expect(root).toBe('new');
  });

  it('is that of ConfigMap istio where the label is a tag', async () => {
    expect((await meshOf(`${revision('stable', pods)}${mesh('istio', 'old')}`)).root).toBe('old');
  });

  it('is a question where gateways of two revisions are configured differently', async () => {
    const others = revision('canary', pods)
      .replaceAll('name: ingress,', 'name: other,')
      .replaceAll('ingressgateway', 'other');
    const { found, root } = await meshOf(
      `${pods}${others}${gateway('team-a', 'shop', 'a')}${mesh('istio', 'old')}${mesh('istio-canary', 'new')}`,
    );
    expect(root).toBe('old');
    expect(found.gaps.map((g) => g.because)).toEqual([
      'gateways of revision canary are configured by ConfigMap istio-system/istio-canary, which says something else; all gateways are predicted as of ConfigMap istio-system/istio',
    ]);
    const same = await meshOf(`${pods}${others}${mesh('istio', 'old')}${mesh('istio-canary', 'old')}`);
    expect(same.found.gaps).toEqual([]);
  });
});

describe('big clusters', () => {
  it('5,000 Gateways need as many requests as they have pages', async () => {
    const gateways = Array.from({ length: 5000 }, (_, i) => ({
      apiVersion: 'networking.istio.io/v1',
      kind: 'Gateway',
      metadata: { name: `g${i}`, namespace: `ns${i % 20}` },
      spec: {
        selector: { istio: 'ingressgateway' },
        servers: [
          {
            port: { number: 443, name: 'https', protocol: 'HTTPS' },
            hosts: [`h${i}.example.com`],
            tls: { mode: 'SIMPLE', credentialName: 'shared' },
          },
        ],
      },
    }));
    const api = await serve([...asCluster(`${pods}${secret('edge', 'shared')}`), ...gateways]);
    const found = await read(accessTo(api.url));
    expect(found.documents.filter((d) => d.body['kind'] === 'Gateway')).toHaveLength(5000);
    expect(found.requests).toBeLessThan(35);
    expect(api.connections()).toBeLessThanOrEqual(8);
  });
});
