import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { AccessError } from './access-error.ts';
import { ApiError, isTimeout, isTransient, unreachableError } from './api-errors.ts';
import type { Access } from './cluster-access.ts';
import { type ExecCredential, type ExecSurroundings, execCredential } from './exec-credentials.ts';

/** How requests are made. */
export interface ConnectionOptions extends ExecSurroundings {
  /** Time limit of one request with its answer, in milliseconds; 0: none. */
  readonly timeout: number;
  readonly userAgent: string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Called for every answer (-v). */
  readonly log?: (line: string) => void;
}

/** What one request may ask for. */
export interface RequestOptions {
  readonly accept?: string;
  /** Makes it a POST. */
  readonly body?: unknown;
}

/** One pool of connections to an API server; see connect(). */
export interface Connection {
  /** Returns the answer as JSON. Throws ApiError when this request is refused, AccessError when no request can succeed. */
  json(path: string, options?: RequestOptions): Promise<unknown>;
  /** Number of requests made, repeated ones included. */
  requests(): number;
  /** Headers that say who is asking, for a connection of another kind. */
  headers(): Promise<Readonly<Record<string, string | string[]>>>;
  /** What the credential plugin has answered; null before the first request and without a plugin. */
  execCredential(): ExecCredential | null;
  close(): Promise<void>;
}

/** Connections per server; the pool keeps them alive. */
const CONNECTIONS = 8;
const MOST_TRIES = 4;
const LONGEST_WAIT = 10_000;

const unzip = promisify(gunzip);

interface Answer {
  readonly status: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  readonly text: string;
}

const one = (value: string | string[] | undefined): string => (Array.isArray(value) ? (value[0] ?? '') : (value ?? ''));

/** TLS settings that are the same for requests and port-forwards. */
export const tlsOf = (access: Access, exec: ExecCredential | null) => ({
  ...(access.ca ? { ca: access.ca } : {}),
  ...(access.serverName ? { servername: access.serverName } : {}),
  ...(access.insecure ? { rejectUnauthorized: false } : {}),
  ...(exec?.certificate && exec.key
    ? { cert: exec.certificate, key: exec.key }
    : access.credentials.certificate && access.credentials.key
      ? { cert: access.credentials.certificate, key: access.credentials.key }
      : {}),
});

async function pool(access: Access, exec: ExecCredential | null, timeout: number): Promise<Dispatcher> {
  const { Agent, ProxyAgent, Socks5ProxyAgent } = await import('undici');
  const tls = tlsOf(access, exec);
  const limits = { connections: CONNECTIONS, keepAliveTimeout: 30_000, headersTimeout: timeout, bodyTimeout: timeout };
  try {
    if (access.proxy === null) return new Agent({ ...limits, connect: { ...tls, timeout } });
    if (/^socks5h?:/i.test(access.proxy))
      return new Socks5ProxyAgent(access.proxy, { ...limits, connect: tls } as never);
    // client-go asks the proxy for plain requests too, without a tunnel.
    return new ProxyAgent({
      ...limits,
      uri: access.proxy,
      requestTls: { ...tls, timeout },
      proxyTunnel: access.server.startsWith('https:'),
    });
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : '';
    // OpenSSL's words about a key that cannot be read name no part of it.
    throw new AccessError(`no connection can be made with the kubeconfig of context ${access.name}: ${reason}`);
  }
}

/** Opens nothing yet: the first request does. */
export function connect(access: Access, options: ConnectionOptions): Connection {
  let exec: ExecCredential | null = null;
  let asked: Promise<void> | null = null;
  let dispatcher: Promise<Dispatcher> | null = null;
  let count = 0;
  const { credentials, server } = access;
  const seconds = Math.round(options.timeout / 100) / 10;

  /** Runs the plugin once for all requests that wait for it, and again when its answer is about to expire. */
  const ask = async (again: boolean): Promise<void> => {
    if (!credentials.exec || credentials.token !== null || credentials.tokenFile !== null) return;
    const fresh = exec !== null && (exec.expires === null || exec.expires > options.clock() + 1000);
    if (asked === null || (again && exec !== null) || (exec !== null && !fresh)) {
      exec = null;
      asked = execCredential(credentials.exec, access, options).then((answer) => {
        if (answer.certificate !== null && dispatcher !== null) void dispatcher.then((d) => d.close());
        if (answer.certificate !== null) dispatcher = null;
        exec = answer;
      });
    }
    await asked;
  };

  const authorization = (): string | null => {
    const { token, tokenFile, basic } = credentials;
    if (tokenFile !== null) {
      try {
        return `Bearer ${readFileSync(tokenFile, 'utf8').trim()}`;
      } catch {
        if (token === null) throw new AccessError(`the token file ${tokenFile} cannot be read`);
      }
    }
    if (token !== null) return `Bearer ${token}`;
    if (exec?.token) return `Bearer ${exec.token}`;
    return basic === null ? null : `Basic ${Buffer.from(`${basic.username}:${basic.password}`).toString('base64')}`;
  };

  const identity = async (): Promise<Record<string, string | string[]>> => {
    await ask(false);
    const result: Record<string, string | string[]> = { 'user-agent': options.userAgent };
    const who = authorization();
    if (who !== null) result['authorization'] = who;
    for (const [name, value] of credentials.impersonate) {
      const known = result[name];
      result[name] = known === undefined ? value : [...(Array.isArray(known) ? known : [known]), value];
    }
    return result;
  };

  const send = async (path: string, request: RequestOptions): Promise<Answer> => {
    const headers = await identity();
    dispatcher ??= pool(access, exec, options.timeout);
    const { request: ask } = await import('undici');
    const started = options.clock();
    count += 1;
    const answer = await ask(`${server}${path}`, {
      dispatcher: await dispatcher,
      method: request.body === undefined ? 'GET' : 'POST',
      headers: {
        ...headers,
        accept: request.accept ?? 'application/json',
        'accept-encoding': 'gzip',
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      ...(options.timeout > 0 ? { signal: AbortSignal.timeout(options.timeout) } : {}),
    });
    let bytes: Uint8Array = new Uint8Array(await answer.body.arrayBuffer());
    if (one(answer.headers['content-encoding']) === 'gzip') bytes = await unzip(bytes);
    const method = request.body === undefined ? 'GET' : 'POST';
    options.log?.(`${method} ${server}${path} ${answer.statusCode} in ${options.clock() - started} ms`);
    return { status: answer.statusCode, headers: answer.headers, text: Buffer.from(bytes).toString('utf8') };
  };

  /** The answer as JSON; an answer that was cut off is no JSON. */
  const parse = (answer: Answer, path: string): unknown => {
    try {
      return JSON.parse(answer.text);
    } catch {
      throw Object.assign(new Error(`the answer to ${path} is no JSON`), {
        code: 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
      });
    }
  };

  const waitFor = ({ headers }: Answer, tries: number): number => {
    const after = Number(one(headers['retry-after']));
    return Math.min(Number.isFinite(after) && after > 0 ? after * 1000 : 100 * 2 ** tries, LONGEST_WAIT);
  };

  return {
    async json(path, request = {}) {
      let refreshed = false;
      for (let tries = 1; ; tries++) {
        try {
          const answer = await send(path, request);
          if (answer.status >= 200 && answer.status < 300) return parse(answer, path);
          const refused = apiError(answer);
          if (answer.status === 401) {
            if (credentials.exec && !refreshed) {
              refreshed = true;
              await ask(true);
              continue;
            }
            throw unauthorized(access);
          }
          const again = answer.status === 429 || answer.status >= 500;
          if (!again || tries >= MOST_TRIES) throw refused;
          await sleep(waitFor(answer, tries));
        } catch (error) {
          if (error instanceof ApiError || error instanceof AccessError) throw error;
          if (isTimeout(error) || !isTransient(error) || tries >= MOST_TRIES)
            throw unreachableError(error, access, seconds);
          await sleep(100 * tries);
        }
      }
    },
    requests: () => count,
    headers: identity,
    execCredential: () => exec,
    async close() {
      await (await dispatcher)?.destroy();
    },
  };
}

function unauthorized({ server, name, credentials }: Access): AccessError {
  const means = credentials.exec ? 'what its credential plugin answered' : 'the credentials of the kubeconfig';
  return new AccessError(
    `the API server ${server} (context ${name}) refuses ${means}: 401 Unauthorized`,
    'kubectl auth whoami',
  );
}

function apiError({ status, text }: Answer): ApiError {
  let body: { readonly reason?: unknown; readonly message?: unknown } = {};
  try {
    body = (JSON.parse(text) ?? {}) as typeof body;
  } catch {
    // A proxy in between answers in HTML.
  }
  const reason = typeof body.reason === 'string' ? body.reason : '';
  return new ApiError(status, reason, typeof body.message === 'string' ? body.message : `HTTP ${status}`);
}
