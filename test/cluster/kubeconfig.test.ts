import { describe, expect, it } from 'vitest';
import { type AccessFlags, resolveAccess } from '../../src/sources/cluster-access.ts';
import { proxyFor } from '../../src/sources/proxy-env.ts';
import { folder } from './cluster.ts';

const config = (name: string, server: string, more = '') => `apiVersion: v1
kind: Config
current-context: ${name}
contexts:
- name: ${name}
  context: {cluster: shared, user: shared, namespace: ns-${name}}
clusters:
- name: shared
  cluster: {server: "${server}"}
users:
- name: shared
  user: {token: token-${name}}
${more}`;

const files = folder({
  a: config('a', 'https://a:6443/'),
  b: config('b', 'https://b:6443'),
  empty: 'apiVersion: v1\nkind: Config\n',
  broken: 'users: [{name: u, user: {token: geheim\n',
  token: 'from-file\n',
  cert: 'CERT',
  other: `apiVersion: v1
kind: Config
current-context: full
contexts: [{name: full, context: {cluster: c, user: u}}, {name: dangling, context: {cluster: none, user: u}}]
clusters:
- name: c
  cluster:
    server: https://c:8080
    proxy-url: http://proxy:3128
    tls-server-name: api.internal
    certificate-authority: cert
- name: d
  cluster: {server: d.example.com, insecure-skip-tls-verify: true}
users:
- name: u
  user: {tokenFile: token, client-certificate: cert, client-key-data: S0VZ, as: anna, as-groups: [dev, ops], as-uid: "7", as-user-extra: {scopes: [x]}}
- name: old
  user: {auth-provider: {name: gcp}}
`,
});

const access = (flags: AccessFlags, env: Readonly<Record<string, string>> = {}) =>
  resolveAccess(flags, { explicit: flags.kubeconfig, env, cwd: files });
const other = { kubeconfig: 'other' };

describe('kubeconfig files as kubectl reads them', () => {
  it('of several the first has the last word, and missing ones do not matter', () => {
    const found = access({}, { KUBECONFIG: `${files}/nope:${files}/a:${files}/b` });
    expect(found).toMatchObject({ name: 'a', server: 'https://a:6443', namespace: 'ns-a' });
    expect(found.credentials.token).toBe('token-a');
    const second = access({ context: 'b' }, { KUBECONFIG: `${files}/a:${files}/b` });
    // The names are the same in both files: the first file's cluster and user count.
    expect(second).toMatchObject({ name: 'b', server: 'https://a:6443', namespace: 'ns-b' });
  });

  it('--kubeconfig is the only one, and must exist', () => {
    expect(access({ kubeconfig: 'b' }, { KUBECONFIG: `${files}/a` }).name).toBe('b');
    expect(() => access({ kubeconfig: 'nope' })).toThrow('there is no kubeconfig nope');
  });

  it('an empty name before a colon is no file', () => {
    expect(access({}, { KUBECONFIG: `:${files}/a:` }).name).toBe('a');
  });

  it.each<[AccessFlags, Readonly<Record<string, string>>, string]>([
    [{}, {}, 'there is no kubeconfig, so no cluster is known'],
    [{ kubeconfig: 'empty' }, {}, 'the kubeconfig has no current context'],
    [{ kubeconfig: 'a', context: 'x' }, {}, 'context "x" does not exist'],
    [{ ...other, context: 'dangling' }, {}, 'the kubeconfig has no cluster "none"'],
    [{ ...other, user: 'nobody' }, {}, 'the kubeconfig has no user "nobody"'],
    [{ ...other, user: 'old' }, {}, 'auth-provider gcp'],
    [{ kubeconfig: 'a', server: 'ftp://x' }, {}, 'is no address'],
    [{ kubeconfig: 'a', 'as-group': ['ops'] }, {}, 'needs a user to impersonate'],
    [{ kubeconfig: 'a', 'client-certificate': '/nope' }, {}, 'the client certificate /nope cannot be read'],
  ])('%j fails in one sentence', (flags, env, text) => {
    expect(() => access(flags, env)).toThrow(text);
  });

  it('never shows what stands in an unreadable file', () => {
    expect(() => access({ kubeconfig: 'broken' })).toThrow(/^the kubeconfig \S+broken is no YAML$/);
  });

  it('paths are relative to their file', () => {
    const found = access(other);
    expect(found).toMatchObject({ server: 'https://c:8080', proxy: 'http://proxy:3128', serverName: 'api.internal' });
    expect(found.ca?.toString()).toBe('CERT');
    expect(found.credentials.tokenFile).toBe(`${files}/token`);
    expect(found.credentials.key?.toString()).toBe('KEY');
    expect(found.credentials.impersonate).toEqual([
      ['Impersonate-User', 'anna'],
      ['Impersonate-Uid', '7'],
      ['Impersonate-Group', 'dev'],
      ['Impersonate-Group', 'ops'],
      ['Impersonate-Extra-scopes', 'x'],
    ]);
  });

  it('flags replace what the file says', () => {
    expect(access({ ...other, cluster: 'd' })).toMatchObject({ server: 'https://d.example.com', insecure: true });
    const skip = access({ ...other, server: 'https://e:1', 'insecure-skip-tls-verify': true });
    expect(skip).toMatchObject({ server: 'https://e:1', insecure: true, ca: null });
    const token = access({ ...other, token: 'flag', as: 'bob' });
    expect(token.credentials).toMatchObject({ token: 'flag', tokenFile: null });
    expect(token.credentials.impersonate[0]).toEqual(['Impersonate-User', 'bob']);
    expect(access({ server: 'http://x:1' })).toMatchObject({ server: 'http://x:1', namespace: 'default' });
  });

  it('over plain http nothing is sent but whom to impersonate', () => {
    const { credentials } = access({ ...other, server: 'http://c:8080', token: 'flag' });
    expect(credentials).toMatchObject({ token: null, tokenFile: null, certificate: null, key: null });
    expect(credentials.impersonate).toHaveLength(5);
  });

  it('a pod speaks as its service account', () => {
    const pod = folder({ token: 't', namespace: 'team-a', 'ca.crt': 'CA' });
    const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
    const found = resolveAccess({}, { explicit: undefined, env, cwd: files, serviceAccount: pod });
    expect(found).toMatchObject({ name: 'in-cluster', server: 'https://[fd00::1]:443', namespace: 'team-a' });
    expect(found.credentials.tokenFile).toBe(`${pod}/token`);
  });
});

describe('proxies of the environment', () => {
  it.each([
    ['https://api.example.com', { HTTPS_PROXY: 'http://p:1' }, 'http://p:1'],
    ['https://api.example.com', { https_proxy: 'p:1' }, 'http://p:1'],
    ['https://api.example.com', { HTTP_PROXY: 'http://p:1' }, null],
    ['http://api.example.com', { HTTP_PROXY: 'http://p:1' }, 'http://p:1'],
    ['https://api.example.com', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'example.com' }, null],
    ['https://api.example.com', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '.example.com' }, null],
    ['https://example.com', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '.example.com' }, 'http://p:1'],
    ['https://notexample.com', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'example.com' }, 'http://p:1'],
    ['https://api.example.com:6443', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'api.example.com:443' }, 'http://p:1'],
    ['https://api.example.com:6443', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'x, api.example.com:6443' }, null],
    ['https://10.1.2.3', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '10.0.0.0/8' }, null],
    ['https://11.1.2.3', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '10.0.0.0/8' }, 'http://p:1'],
    ['https://api.example.com', { HTTPS_PROXY: 'http://p:1', no_proxy: '*' }, null],
    ['https://127.0.0.1:6443', { HTTPS_PROXY: 'http://p:1' }, null],
    ['https://localhost', { HTTPS_PROXY: 'http://p:1' }, null],
  ] as const)('%s with %j: %s', (server, env, wanted) => {
    expect(proxyFor(server, env)).toBe(wanted);
  });
});
