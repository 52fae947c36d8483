import { spawn } from 'node:child_process';
import { AccessError } from './access-error.ts';
import type { Access } from './cluster-access.ts';
import { type Entry, isEntry } from './kubeconfig.ts';

/** What a credential plugin has answered. */
export interface ExecCredential {
  readonly token: string | null;
  readonly certificate: string | null;
  readonly key: string | null;
  /** Milliseconds since 1970; null: until the server refuses it. */
  readonly expires: number | null;
}

/** What plugins may use of this process. */
export interface ExecSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A terminal that a plugin may ask its questions on. */
  readonly interactive: boolean;
  /** Receives what plugins write to stderr, at once: it may be a URL to open. */
  readonly stderr: (text: string) => void;
}

const versions = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The question as KUBERNETES_EXEC_INFO holds it. */
function execInfo(exec: Entry, access: Access, interactive: boolean): string {
  const { cluster, server } = access;
  const provided = {
    server,
    ...(access.serverName ? { 'tls-server-name': access.serverName } : {}),
    ...(access.insecure ? { 'insecure-skip-tls-verify': true } : {}),
    ...(access.ca ? { 'certificate-authority-data': access.ca.toString('base64') } : {}),
    ...(access.proxy ? { 'proxy-url': access.proxy } : {}),
    config: extensionOf(cluster),
  };
  return JSON.stringify({
    kind: 'ExecCredential',
    apiVersion: exec['apiVersion'],
    spec: { interactive, ...(exec['provideClusterInfo'] === true ? { cluster: provided } : {}) },
  });
}

/** Settings of the plugin that a cluster brings along. */
function extensionOf(cluster: Entry): unknown {
  const extensions = Array.isArray(cluster['extensions']) ? cluster['extensions'].filter(isEntry) : [];
  return extensions.find((e) => e['name'] === 'client.authentication.k8s.io/exec')?.['extension'] ?? null;
}

function mayAsk(exec: Entry, { interactive }: ExecSurroundings, name: string): boolean {
  const mode = text(exec['interactiveMode']) || 'IfAvailable';
  if (mode === 'Always' && !interactive) {
    throw new AccessError(`the credential plugin ${name} needs a terminal, and there is none`);
  }
  return mode !== 'Never' && interactive;
}

function run(exec: Entry, access: Access, around: ExecSurroundings): Promise<string> {
  const command = text(exec['command']);
  const interactive = mayAsk(exec, around, command);
  const env: Record<string, string | undefined> = { ...around.env };
  for (const item of Array.isArray(exec['env']) ? exec['env'].filter(isEntry) : [])
    env[text(item['name'])] = text(item['value']);
  env['KUBERNETES_EXEC_INFO'] = execInfo(exec, access, interactive);
  const args = Array.isArray(exec['args']) ? exec['args'].map(String) : [];
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, stdio: [interactive ? 'inherit' : 'ignore', 'pipe', 'pipe'] });
    let answer = '';
    child.stdout!.setEncoding('utf8').on('data', (part: string) => {
      answer += part;
    });
    child.stderr!.setEncoding('utf8').on('data', (part: string) => around.stderr(part));
    child.on('error', (error: NodeJS.ErrnoException) => {
      const hint = text(exec['installHint']);
      const why = error.code === 'ENOENT' ? 'is not installed' : `cannot be run (${error.code ?? error.message})`;
      reject(new AccessError(`the credential plugin ${command} ${why}`, hint));
    });
    child.on('close', (code, signal) => {
      if (code === 0) resolve(answer);
      else reject(new AccessError(`the credential plugin ${command} failed with ${signal ?? `exit code ${code}`}`));
    });
  });
}

/** Runs the credential plugin of the kubeconfig. Its answer is never shown, not even in errors. */
export async function execCredential(exec: Entry, access: Access, around: ExecSurroundings): Promise<ExecCredential> {
  const command = text(exec['command']);
  const version = text(exec['apiVersion']);
  if (!versions.includes(version)) {
    throw new AccessError(
      `the credential plugin ${command} speaks ${version || 'no version'}; known are ${versions.join(' and ')}`,
    );
  }
  const answer = await run(exec, access, around);
  let body: unknown;
  try {
    body = JSON.parse(answer);
  } catch {
    body = null;
  }
  const status = isEntry(body) && isEntry(body['status']) ? body['status'] : null;
  if (!isEntry(body) || body['kind'] !== 'ExecCredential' || status === null) {
    throw new AccessError(`the credential plugin ${command} did not answer with an ExecCredential`);
  }
  if (body['apiVersion'] !== version) {
    throw new AccessError(
      `the credential plugin ${command} answered in ${text(body['apiVersion'])}, asked in ${version}`,
    );
  }
  const token = text(status['token']) || null;
  const certificate = text(status['clientCertificateData']) || null;
  const key = text(status['clientKeyData']) || null;
  if (token === null && (certificate === null || key === null)) {
    throw new AccessError(`the credential plugin ${command} answered without a token or client certificate`);
  }
  const expires = Date.parse(text(status['expirationTimestamp']));
  return { token, certificate, key, expires: Number.isNaN(expires) ? null : expires };
}
