import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Made, makeCa, makeLeaf } from '../../src/pages/certificates.ts';
import { emptyFolder, oracleInput, tlsgw } from './run.ts';

const folder = emptyFolder();
const file = (name: string, content: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

const dates = { notBefore: '2020-01-01', notAfter: '2040-01-01' };
const root = makeCa({ cn: 'our root', slot: 'root', ...dates });
const namesake = makeCa({ cn: 'our root', slot: 'namesake', ...dates });
const other = makeCa({ cn: 'other root', ...dates });
const leaf = makeLeaf({ ca: root, sans: ['shop.example.com'], ...dates });
const selfSigned = makeLeaf({ cn: 'own', sans: ['own.example.com'], ...dates });
const expired = makeLeaf({ ca: root, sans: ['old.example.com'], notBefore: '2020-01-01', notAfter: '2021-01-01' });

const keyText = (made: Made): string => made.key().toString();

const secret = (name: string, made: Made): string => `
apiVersion: v1
kind: Secret
metadata: {name: ${name}, namespace: edge}
type: kubernetes.io/tls
data: {tls.crt: ${Buffer.from(made.pem).toString('base64')}, tls.key: ${made.key().toString('base64')}}
---`;

const gateway = (name: string, service: string, status = ''): string => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: edge}
spec:
  selector: {matchLabels: {gw: ${name}}}
  template:
    metadata: {labels: {gw: ${name}}}
    spec:
      serviceAccountName: ${name}
      containers: [{name: istio-proxy, image: proxyv2, args: [proxy, router]}]
---
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: edge}
spec: {type: LoadBalancer, selector: {gw: ${name}}, ports: [{name: https, port: 443, targetPort: 8443, nodePort: 30443}], ${service}}
${status}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: ${name}, namespace: edge}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: secrets}
subjects: [{kind: ServiceAccount, name: ${name}, namespace: edge}]
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: ${name}, namespace: edge}
spec:
  selector: {gw: ${name}}
  servers:
  - port: {number: 443, name: https-shop, protocol: HTTPS}
    hosts: [shop.example.com]
    tls: {mode: SIMPLE, credentialName: shop}
  - port: {number: 443, name: https-own, protocol: HTTPS}
    hosts: [own.example.com]
    tls: {mode: SIMPLE, credentialName: own}
  - port: {number: 443, name: https-old, protocol: HTTPS}
    hosts: [old.example.com]
    tls: {mode: MUTUAL, credentialName: old}
  - port: {number: 443, name: tls-raw, protocol: TLS}
    hosts: [raw.example.com]
    tls: {mode: PASSTHROUGH}
---`;

let cluster = '';
beforeAll(() => {
  cluster = file(
    'cluster.yaml',
    [
      gateway(
        'outer',
        'clusterIP: 10.0.0.1, externalIPs: [198.51.100.9]',
        'status: {loadBalancer: {ingress: [{ip: 203.0.113.7}, {ip: "2001:db8::7"}]}}',
      ),
      gateway(
        'inner',
        'clusterIP: 10.0.0.2, loadBalancerIP: 192.0.2.2',
        'status: {loadBalancer: {ingress: [{hostname: inner.lb.example.net}]}}',
      ),
      '\napiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec: {clusterIP: 10.0.0.3, selector: {app: web}, ports: [{name: http, port: 80}]}\n---',
      '\napiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: secrets, namespace: edge}\nrules: [{apiGroups: [""], resources: [secrets], verbs: [get, watch, list]}]\n---',
      `\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: raw, namespace: edge}\nspec: {hosts: [raw.example.com], gateways: [outer], tls: [{match: [{sniHosts: [raw.example.com]}], route: [{destination: {host: web.shop.svc.cluster.local, port: {number: 80}}}]}]}\n---`,
      secret('shop', leaf),
      secret('own', selfSigned),
      `\napiVersion: v1\nkind: Secret\nmetadata: {name: old, namespace: edge}\ndata: {tls.crt: ${Buffer.from(expired.pem).toString('base64')}, tls.key: ${expired.key().toString('base64')}, ca.crt: ${Buffer.from(root.pem).toString('base64')}}\n---`,
    ].join(''),
  );
});

const trace = (url: string, ...args: string[]) =>
  tlsgw(['trace', url, '-f', cluster, '--now', '2026-06-01T00:00:00Z', '-q', ...args]);

describe('trace --cacert', () => {
  const outer = ['--workload', 'outer.edge', '--cacert'];
  test.each([
    ['https://shop.example.com/', [root], 'good for shop.example.com, and trusted through CN=our root in'],
    ['https://shop.example.com/', [other, root], 'and trusted through CN=our root in'],
    ['https://shop.example.com/', [leaf], 'and trusted through CN=leaf.example.com in'],
    [
      'https://shop.example.com/',
      [other],
      'has no certificate of CN=our root, who issued it: curl: (60) SSL certificate problem: unable to get local issuer certificate',
    ],
    [
      'https://shop.example.com/',
      [namesake],
      'has an authority of the name CN=our root, but with another key than the one that signed it: curl: (60)',
    ],
    ['https://own.example.com/', [root], 'it is self-signed, and'],
    ['https://own.example.com/', [selfSigned], 'good for own.example.com, and trusted through CN=own in'],
    // Whoever refuses the server's certificate is not asked for a certificate any more.
    [
      'https://old.example.com/',
      [root],
      '=> the client refuses the certificate: curl: (60) SSL certificate problem: certificate has expired; one that does not check it: the gateway asks for a client certificate',
    ],
    [
      'https://raw.example.com/',
      [root],
      "is the backend's own, which is not in the input: --cacert judges nothing here",
    ],
  ] as const)('%s %#', async (url, anchors, words) => {
    const bundle = file('anchors.pem', anchors.map((made) => made.pem).join('\n'));
    const { stdout, code } = await trace(url, ...outer, bundle);
    expect(stdout).toContain(words);
    expect(code).toBe(0);
  });

  test('without it the step says whose business trust is', async () => {
    expect((await trace('https://shop.example.com/', '--workload', 'outer.edge')).stdout).toContain(
      'good for shop.example.com, for clients that trust its issuer (CN=our root); --cacert FILE judges one',
    );
  });

  test('a key in the file is passed over, and never printed', async () => {
    const key = keyText(leaf);
    const both = file('both.pem', `${key}${root.pem}`);
    const only = file('key.pem', key);
    const good = await trace('https://shop.example.com/', ...outer, both);
    expect(good.stdout).toContain('trusted through CN=our root');
    const bad = await trace('https://shop.example.com/', ...outer, only);
    expect({ code: bad.code, stdout: bad.stdout }).toEqual({ code: 3, stdout: '' });
    expect(bad.stderr).toContain('holds a private key instead of a CA certificate');
    for (const run of [good, bad]) {
      for (const line of key.split('\n').filter((l) => l.length > 20))
        expect(`${run.stdout}${run.stderr}`).not.toContain(line);
    }
  });

  test.each([
    [() => join(folder, 'none.pem'), 'no such file'],
    [() => folder, 'is a directory'],
    [() => file('empty.pem', ''), 'the file is empty'],
    [() => file('text.pem', 'hello\n'), 'the file holds no PEM at all'],
    [() => file('ca.der', root.der), 'openssl x509 -inform der -in'],
    [() => file('cut.pem', root.pem.slice(0, -40)), 'the file'],
  ])('a file that holds no authority %#', async (path, words) => {
    const { stdout, stderr, code } = await trace('https://shop.example.com/', ...outer, path());
    expect({ stdout, code }).toEqual({ stdout: '', code: 3 });
    expect(stderr).toContain(words);
  });
});

describe('trace --resolve', () => {
  const to = (address: string): string[] => ['--resolve', `shop.example.com:443:${address}`];
  const workloads = (stdout: string): string[] => [...stdout.matchAll(/ at edge\/(\w+)$/gm)].map((m) => m[1]!);

  test.each([
    ['203.0.113.7', 'outer', 'status.loadBalancer.ingress[0].ip'],
    ['[2001:DB8:0::7]', 'outer', 'status.loadBalancer.ingress[1].ip'],
    ['2001:db8::7', 'outer', 'status.loadBalancer.ingress[1].ip'],
    ['198.51.100.9', 'outer', 'spec.externalIPs[0]'],
    ['10.0.0.1', 'outer', 'spec.clusterIP'],
    ['192.0.2.2', 'inner', 'spec.loadBalancerIP'],
    ['10.0.0.2', 'inner', 'spec.clusterIP'],
  ])('%s selects %s', async (address, workload, path) => {
    const { stdout, code } = await trace('https://shop.example.com/', ...to(address));
    expect(workloads(stdout)).toEqual([workload]);
    expect(stdout).toContain(`Service edge/${workload} ${path}`);
    expect(code).toBe(0);
  });

  test('an address that no Service has is said, and every gateway is shown', async () => {
    const { stdout } = await trace('https://shop.example.com/', ...to('192.0.2.99'));
    expect(workloads(stdout)).toEqual(['inner', 'outer']);
    expect(stdout).toContain(
      'no Service in the input has 192.0.2.99: a node, or a load balancer in front, may have it',
    );
    expect(stdout).toContain('Service edge/inner is reached as inner.lb.example.net, see DNS');
  });

  test('an address of something else is not taken for the gateway', async () => {
    const { stdout } = await trace('https://shop.example.com/', ...to('10.0.0.3'));
    expect(stdout).toContain('10.0.0.3, which is no address of this gateway');
    expect(stdout).toContain(
      '=> undecided: 10.0.0.3 is an address of Service shop/web, which does not lead to this gateway',
    );
    const contrary = await trace('https://shop.example.com/', '--workload', 'inner.edge', ...to('203.0.113.7'));
    expect(contrary.stdout).toContain('is an address of Service edge/outer');
  });

  test('a node port is none of the load balancer', async () => {
    const url = 'https://shop.example.com:30443/';
    expect((await trace(url, '--workload', 'outer.edge')).stdout).toContain('port 30443 leads to port 8443');
    const { stdout } = await trace(url, '--resolve', 'shop.example.com:30443:203.0.113.7');
    expect(stdout).toContain('has port 30443');
    expect(stdout).toContain('curl: (7) Failed to connect');
  });

  test('another host or port is not used, as in curl; of two entries the last one counts', async () => {
    const { stdout } = await trace('https://shop.example.com/', '--resolve', 'shop.example.com:80:10.0.0.1');
    expect(stdout).toContain(
      '--resolve is about shop.example.com:80, the URL about shop.example.com:443, so it is not used',
    );
    expect(workloads((await trace('https://SHOP.example.com/', ...to('10.0.0.1'), ...to('10.0.0.2'))).stdout)).toEqual([
      'inner',
    ]);
  });

  test.each([
    ['shop.example.com', 'it has three parts'],
    ['shop.example.com:443', 'it has three parts'],
    ['shop.example.com::203.0.113.7', 'PORT is empty: is the variable of the shell set?'],
    ['shop.example.com:443:', 'ADDRESS is empty'],
    [':443:203.0.113.7', 'HOST is empty'],
    ['*:443:203.0.113.7', '* (every host) is not taken'],
    ['+shop.example.com:443:203.0.113.7', 'leave the + out'],
    ['-a.example.com:443', 'no entry that could be removed'],
    ['shop.example.com:https:203.0.113.7', '"https" is no port'],
    ['shop.example.com:70000:203.0.113.7', '"70000" is no port'],
    ['shop.example.com:443:lb.example.com', '"lb.example.com" is no IP address'],
    ['shop.example.com:443:203.0.113.7,203.0.113.8', 'give one address'],
  ])('%s is refused with the form', async (value, words) => {
    const { stdout, stderr, code } = await trace('https://shop.example.com/', '--resolve', value);
    expect({ stdout, code }).toEqual({ stdout: '', code: 2 });
    expect(stderr).toContain(words);
    expect(stderr).toContain('--resolve shop.example.com:443:203.0.113.7');
  });

  test('beside --port, or with --calls, it would mean nothing', async () => {
    const beside = await trace('https://shop.example.com/', '--port', '8443', ...to('10.0.0.1'));
    expect({ code: beside.code, stdout: beside.stdout }).toEqual({ code: 2, stdout: '' });
    const calls = file('calls.yaml', '- {url: "https://shop.example.com/"}');
    for (const flags of [
      to('10.0.0.1'),
      ['-X', 'POST'],
      ['--sni', 'a'],
      ['--tls-max', '1.2'],
      ['--http1.1'],
      ['--cacert', calls],
    ]) {
      const { stderr, code } = await tlsgw(['trace', '--calls', calls, '-f', cluster, ...flags]);
      expect(stderr).toContain('--calls has its own in the file');
      expect(code).toBe(2);
    }
  });
});

describe('a request as curl makes it', () => {
  const three = oracleInput('tutorial-all-three-at-once');
  test.each([
    // curl 7.88: SNI without the dot, Host with it; addresses are checked as such, whatever Host says.
    [['https://httpbin.example.com./'], 'SNI httpbin.example.com fits'],
    [
      ['http://httpbin.example.com./'],
      'has the host httpbin.example.com., for Envoy another name than the one without',
    ],
    [['https://helloworld.example.com/hello', '-H', 'Host:'], '400 from the gateway (missing_host_header)'],
    [['https://10.0.0.1/', '-H', 'Host: shop.example.com'], 'none takes clients without SNI'],
    [['https://helloworld.example.com:8443/'], 'has port 8443; ports that clients can use: 15021, 80, 443'],
    [
      ['https://helloworld.example.com/', '--tls-max', '1.1'],
      'the client offers TLS up to 1.1, the server takes 1.2 to 1.3',
    ],
  ])('%j', async (args, words) => {
    const { stdout, code } = await tlsgw(['trace', ...args, '-f', three]);
    expect(stdout).toContain(words);
    expect(code).toBe(0);
  });

  test('whoever finds no common version is shown no certificate', async () => {
    const { stdout } = await tlsgw(['trace', 'https://helloworld.example.com/', '--tls-max', '1.1', '-f', three]);
    expect(stdout).not.toContain('kubernetes://');
  });

  test('a port without a listener is not explained by what is wrong with a certificate', async () => {
    const { stdout } = await tlsgw(['trace', 'https://httpbin.example.com:8443/', '-f', three]);
    expect(stdout).not.toContain('error[');
  });

  test('headers: twice is a list, `name:` is none, `name;` is empty', async () => {
    const routed = file(
      'headers.yaml',
      `${gateway('outer', 'clusterIP: 10.0.0.1')}
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: plain, namespace: edge}
spec:
  selector: {gw: outer}
  servers: [{port: {number: 8080, name: http, protocol: HTTP}, hosts: [h.example.com]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: h, namespace: edge}
spec:
  hosts: [h.example.com]
  gateways: [plain]
  http:
  - {match: [{headers: {x-user: {exact: "a,b"}}}], directResponse: {status: 210}}
  - {match: [{headers: {x-user: {exact: ""}}}], directResponse: {status: 211}}
  - {match: [{headers: {x-user: {regex: ".*"}}}], directResponse: {status: 212}}
  - {directResponse: {status: 213}}
`,
    );
    const status = async (...headers: string[]) => {
      const flags = headers.flatMap((h) => ['-H', h]);
      const { stdout } = await tlsgw([
        'trace',
        'http://h.example.com/',
        '--port',
        '8080',
        ...flags,
        '-f',
        routed,
        '-q',
        '-o',
        'json',
      ]);
      return (JSON.parse(stdout) as { status: number }[])[0]!.status;
    };
    expect(await status('X-User: a', 'x-user: b')).toBe(210);
    expect(await status('x-user: c')).toBe(212);
    expect(await status('x-user:')).toBe(213);
    expect(await status()).toBe(213);
  });

  test.each([
    [['https://*.example.com/'], 'has a *, and clients ask for one host'],
    [['https://a.example.com/', '-X', ''], '-X wants a method'],
    [['https://a.example.com/', '-X', 'GET /'], '-X wants a method'],
    [['https://a.example.com/', '-H', 'a b: c'], '-H wants "name: value"'],
    [['https://a.example.com/', '-H', 'nothing'], '-H wants "name: value"'],
    [['https://a.example.com/', '--cert', 'client.crt'], 'not "client.crt": files are not read'],
    [['--calls', '-', '-f', '-'], 'standard input (-) can be read for one thing only'],
  ])('%j is refused', async (args, words) => {
    const { stdout, stderr, code } = await tlsgw(['trace', '-f', three, ...args]);
    expect({ stdout, code }).toEqual({ stdout: '', code: 2 });
    expect(stderr).toContain(words);
  });

  test('input on which istiod crashes has no trace, and is no wrong usage', async () => {
    const crash = file(
      'crash.yaml',
      'apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: g, namespace: edge}\nspec: {selector: {a: b}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [a.example.com, "*/*", b.example.com, "*/c.example.com"]}]}\n',
    );
    const { stdout, stderr, code } = await tlsgw(['trace', 'https://a.example.com/', '-f', crash]);
    expect({ stdout, code }).toEqual({ stdout: '', code: 1 });
    expect(stderr).toContain('gateway-crashes-istiod');
  });
});

test('a Secret that files cannot rule out is no certain reset, and no info explains it', async () => {
  const args = ['trace', 'https://shop.example.com/', '-f', oracleInput('i14-missing-secret')];
  const { stdout } = await tlsgw(args);
  expect(stdout).toContain('Connection reset by peer');
  expect(stdout).toContain('; unless the cluster has what the input lacks');
  expect(stdout).toContain('undecided: Is there a Secret istio-system/nowhere');
  expect(stdout).not.toContain('info[');
  const complete = await tlsgw([...args, '--complete']);
  expect(complete.stdout).not.toContain('unless');
  expect(complete.stdout).toContain('error[secret-not-found]');
});

describe('a calls file says what is wrong, where', () => {
  const url = 'url: "https://a.com/"';
  test.each([
    ['- {port: 8443, port: 80}', ':1: a key is given twice'],
    [`- name: a\n  ${url}\n  expect: {status: 200}\n  expect: {status: 404}`, ':4: a key is given twice'],
    ['{"port": 8443, "port": 80}', ':1: a key is given twice'],
    ['{"port": 1}\n\nnot json\n{"port": 2}', ':3 is no JSON'],
    [`---\n- {${url}}\n---\n- {${url}\n`, 'this is no YAML'],
    ['- {port: abc}', 'port wants a number up to 65535, not "abc"'],
    ['- {port: 70000}', 'port wants a number up to 65535, not 70000'],
    ['- {url: 5}', 'url wants a text, not 5'],
    ['- {port: 1, path: 3}', 'path wants a text, not 3'],
    ['- {port: 1, method: {}}', 'method wants a text'],
    ['- {port: 1, host: [a]}', 'host wants a text'],
    ['- {port: 1, headers: {a: [1]}}', 'headers.a wants a text, not [1]'],
    ['- {port: 1, tls: {snii: a}}', 'tls has an unknown field "snii"; did you mean sni?'],
    ['- {port: 1, tls: {alpn: h2}}', 'tls.alpn wants a list of texts, not "h2"'],
    ['- {port: 1, tls: {maxVersion: "1.4"}}', 'tls.maxVersion is one of 1.0, 1.1, 1.2, 1.3, not "1.4"'],
    ['- {port: 1, tls: {clientCert: truted}}', 'tls.clientCert is one of trusted, root, mesh, foreign, not "truted"'],
    ['- {port: 1, tls: {clientCert: true}}', 'tls.clientCert is one of'],
    ['- {port: 1, tls: {clientCert: {authority: mesh, subjectAltName: [a]}}}', 'unknown field "subjectAltName"'],
    [`- {${url}, expect: {outcome: respnse}}`, 'expect.outcome is one of response, forwarded'],
    [`- {${url}, expect: {cluster: null}}`, 'expect.cluster wants a text, not null'],
    ['- {host: a.com}', '- url: https://shop.example.com/'],
  ])('%j', async (text, words) => {
    const { stdout, stderr, code } = await tlsgw([
      'trace',
      '--calls',
      file('calls.txt', text),
      '-f',
      oracleInput('tutorial-sni'),
    ]);
    expect(stderr).toContain(words);
    expect({ stdout, code }).toEqual({ stdout: '', code: 3 });
  });

  test('a byte order mark and Windows line ends do no harm; addresses send no SNI', async () => {
    const text =
      '\ufeff{"port": 8443}\r\n{"url": "https://10.0.0.1/"}\r\n{"port": 8443, "tls": {"maxVersion": 1.2}}\r\n';
    const args = ['--calls', file('bom.jsonl', text), '-f', oracleInput('tutorial-sni'), '-o', 'json'];
    const { stdout, code } = await tlsgw(['trace', ...args]);
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as { outcome: string }[]).map((r) => r.outcome)).toEqual(['reset', 'reset', 'reset']);
  });
});

describe('doctor HOST', () => {
  const three = oracleInput('tutorial-all-three-at-once');
  test('a name in another script is read in its ASCII form', async () => {
    const { stderr } = await tlsgw(['doctor', 'b\u00fccher.example.com', '-f', three]);
    expect(stderr).toContain('no Gateway or VirtualService has the host xn--bcher-kva.example.com');
  });

  test('a URL that cannot be is refused before the report', async () => {
    const { stdout, stderr, code } = await tlsgw(['doctor', 'https://httpbin.example.com:99999/', '-f', three]);
    expect({ stdout, code }).toEqual({ stdout: '', code: 2 });
    expect(stderr).toContain(
      'doctor: "https://httpbin.example.com:99999/" is no http or https URL: "99999" is no port',
    );
  });

  test('a host with * is no request', async () => {
    expect((await tlsgw(['doctor', '*.example.com', '-f', three])).stdout).not.toContain('GET *');
  });
});
