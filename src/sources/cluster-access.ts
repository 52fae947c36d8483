import { readFileSync } from 'node:fs';
import { AccessError } from './access-error.ts';
import { type Entry, isEntry, type KubeconfigPlaces, readKubeconfig } from './kubeconfig.ts';
import { proxyFor } from './proxy-env.ts';

/** kubectl's flags about the cluster, as given. */
export interface AccessFlags {
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  readonly cluster?: string | undefined;
  readonly user?: string | undefined;
  readonly server?: string | undefined;
  readonly token?: string | undefined;
  readonly as?: string | undefined;
  readonly 'as-group'?: readonly string[] | undefined;
  readonly 'as-uid'?: string | undefined;
  readonly 'client-certificate'?: string | undefined;
  readonly 'client-key'?: string | undefined;
  readonly 'certificate-authority'?: string | undefined;
  readonly 'tls-server-name'?: string | undefined;
  readonly 'insecure-skip-tls-verify'?: boolean | undefined;
}

/** Who is asking, by whichever means the kubeconfig names. */
export interface Credentials {
  readonly token: string | null;
  /** Read again before each use: the kubelet replaces it. */
  readonly tokenFile: string | null;
  readonly basic: { readonly username: string; readonly password: string } | null;
  readonly certificate: Buffer | null;
  readonly key: Buffer | null;
  /** The exec plugin as written. */
  readonly exec: Entry | null;
  /** Headers Impersonate-User and so on. */
  readonly impersonate: readonly (readonly [string, string])[];
}

/** Everything that is needed to speak to one API server. */
export interface Access {
  /** Name of the context, or what stands in its place. */
  readonly name: string;
  /** The server, without a slash at its end. */
  readonly server: string;
  /** null: the authorities that Node knows. */
  readonly ca: Buffer | null;
  readonly serverName: string | null;
  readonly insecure: boolean;
  readonly proxy: string | null;
  readonly credentials: Credentials;
  /** The namespace of the context; `default` when it names none. */
  readonly namespace: string;
  /** The cluster as written, for plugins that ask for it. */
  readonly cluster: Entry;
}

const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount';

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const textOrNull = (value: unknown): string | null => text(value) || null;

/** The content of a file or the decoded data, whichever the entry has; data wins, as in kubectl. */
function bytesOf(entry: Entry, field: string, what: string): Buffer | null {
  const data = text(entry[`${field}-data`]);
  if (data !== '') return Buffer.from(data, 'base64');
  const path = text(entry[field]);
  if (path === '') return null;
  try {
    return readFileSync(path);
  } catch {
    throw new AccessError(`the ${what} ${path} cannot be read`);
  }
}

function withClusterFlags(cluster: Entry, flags: AccessFlags): Entry {
  const result: Record<string, unknown> = { ...cluster };
  if (flags.server) result['server'] = flags.server;
  if (flags['tls-server-name']) result['tls-server-name'] = flags['tls-server-name'];
  if (flags['certificate-authority']) {
    result['certificate-authority'] = flags['certificate-authority'];
    delete result['certificate-authority-data'];
  }
  if (flags['insecure-skip-tls-verify']) {
    result['insecure-skip-tls-verify'] = true;
    delete result['certificate-authority'];
    delete result['certificate-authority-data'];
  }
  return result;
}

function withUserFlags(user: Entry, flags: AccessFlags): Entry {
  const result: Record<string, unknown> = { ...user };
  if (flags.token) {
    result['token'] = flags.token;
    delete result['tokenFile'];
  }
  for (const field of ['client-certificate', 'client-key'] as const) {
    if (!flags[field]) continue;
    result[field] = flags[field];
    delete result[`${field}-data`];
  }
  if (flags.as) result['as'] = flags.as;
  if (flags['as-uid']) result['as-uid'] = flags['as-uid'];
  if ((flags['as-group'] ?? []).length > 0) result['as-groups'] = flags['as-group'];
  return result;
}

function impersonation(user: Entry): Credentials['impersonate'] {
  const groups = Array.isArray(user['as-groups']) ? user['as-groups'].map(String) : [];
  const extra = isEntry(user['as-user-extra']) ? user['as-user-extra'] : {};
  const headers: (readonly [string, string])[] = [];
  if (text(user['as']) !== '') headers.push(['Impersonate-User', text(user['as'])]);
  if (text(user['as-uid']) !== '') headers.push(['Impersonate-Uid', text(user['as-uid'])]);
  for (const group of groups) headers.push(['Impersonate-Group', group]);
  for (const [key, values] of Object.entries(extra)) {
    for (const value of Array.isArray(values) ? values : [])
      headers.push([`Impersonate-Extra-${encodeURIComponent(key)}`, String(value)]);
  }
  if (headers.length > 0 && text(user['as']) === '') {
    throw new AccessError('a group or uid to impersonate needs a user to impersonate: --as USER');
  }
  return headers;
}

/** Over plain http kubectl sends no credentials, only whom to impersonate. */
const withoutCredentials = (user: Entry): Credentials => ({
  token: null,
  tokenFile: null,
  basic: null,
  certificate: null,
  key: null,
  exec: null,
  impersonate: impersonation(user),
});

function credentialsOf(user: Entry): Credentials {
  const username = text(user['username']);
  const provider = isEntry(user['auth-provider']) ? text(user['auth-provider']['name']) : '';
  if (provider !== '') {
    throw new AccessError(
      `the kubeconfig uses auth-provider ${provider}, which kubectl has not known since 1.26`,
      'its vendor has an exec plugin that takes its place',
    );
  }
  return {
    token: textOrNull(user['token']),
    tokenFile: textOrNull(user['tokenFile']),
    basic: username === '' ? null : { username, password: text(user['password']) },
    certificate: bytesOf(user, 'client-certificate', 'client certificate'),
    key: bytesOf(user, 'client-key', 'client key'),
    exec: isEntry(user['exec']) ? user['exec'] : null,
    impersonate: impersonation(user),
  };
}

function serverOf(cluster: Entry): string {
  const server = text(cluster['server']);
  if (server === '') throw new AccessError('the kubeconfig names no server for this context', 'kubectl config view');
  const url = /^[a-z]+:\/\//i.test(server) ? server : `https://${server}`;
  if (!URL.canParse(url) || !/^https?:\/\//i.test(url)) {
    throw new AccessError(`the server of the kubeconfig is no address: ${JSON.stringify(server)}`);
  }
  return url.replace(/\/+$/, '');
}

function accessOf(name: string, cluster: Entry, user: Entry, namespace: string, places: KubeconfigPlaces): Access {
  const server = serverOf(cluster);
  return {
    name,
    server,
    ca: bytesOf(cluster, 'certificate-authority', 'certificate authority'),
    serverName: textOrNull(cluster['tls-server-name']),
    insecure: cluster['insecure-skip-tls-verify'] === true,
    proxy: textOrNull(cluster['proxy-url']) ?? proxyFor(server, places.env),
    credentials: server.startsWith('http:') ? withoutCredentials(user) : credentialsOf(user),
    namespace: namespace || 'default',
    cluster,
  };
}

/** The service account of the pod that this program runs in, or null outside of pods. */
function inCluster(flags: AccessFlags, places: KubeconfigPlaces): Access | null {
  const { KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '' } = places.env;
  if (host === '' || port === '') return null;
  const root = places.serviceAccount ?? serviceAccount;
  let namespace = '';
  try {
    readFileSync(`${root}/token`);
    namespace = readFileSync(`${root}/namespace`, 'utf8').trim();
  } catch {
    if (namespace === '' && !exists(`${root}/token`)) return null;
  }
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const cluster = withClusterFlags({ server, 'certificate-authority': `${root}/ca.crt` }, flags);
  return accessOf('in-cluster', cluster, withUserFlags({ tokenFile: `${root}/token` }, flags), namespace, places);
}

function exists(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Finds out how to speak to the cluster, exactly as kubectl would with these flags and this environment. */
export function resolveAccess(flags: AccessFlags, places: KubeconfigPlaces): Access {
  const config = readKubeconfig(places);
  const name = flags.context || config.currentContext;
  const context = config.contexts.get(name);
  if (name !== '' && !context) {
    throw new AccessError(
      flags.context
        ? `context ${JSON.stringify(name)} does not exist`
        : `the current context ${JSON.stringify(name)} does not exist`,
      'kubectl config get-contexts',
    );
  }
  if (!context && !flags.cluster && !flags.server) {
    const pod = inCluster(flags, places);
    if (pod) return pod;
    throw new AccessError(
      config.files.length === 0
        ? 'there is no kubeconfig, so no cluster is known'
        : 'the kubeconfig has no current context',
      config.files.length === 0 ? 'give --kubeconfig FILE, or YAML with -f PATH' : 'kubectl config use-context NAME',
    );
  }
  const named = (kind: 'cluster' | 'user', from: ReadonlyMap<string, Entry>): Entry => {
    const wanted = flags[kind] || text(context?.[kind]);
    const entry = from.get(wanted);
    if (entry || wanted === '' || (!flags[kind] && kind === 'cluster' && flags.server)) return entry ?? {};
    throw new AccessError(`the kubeconfig has no ${kind} ${JSON.stringify(wanted)}`, 'kubectl config view');
  };
  const cluster = withClusterFlags(named('cluster', config.clusters), flags);
  const user = withUserFlags(named('user', config.users), flags);
  return accessOf(name || text(cluster['server']), cluster, user, text(context?.['namespace']), places);
}

/** The names that completion proposes; what cannot be read proposes nothing. */
export function kubeconfigNames(places: KubeconfigPlaces): Readonly<Record<'context' | 'cluster' | 'user', string[]>> {
  try {
    const { contexts, clusters, users } = readKubeconfig(places);
    return { context: [...contexts.keys()], cluster: [...clusters.keys()], user: [...users.keys()] };
  } catch {
    return { context: [], cluster: [], user: [] };
  }
}
