import { AccessError } from './access-error.ts';
import type { Access } from './cluster-access.ts';

/** A request that the API server has refused; the others may well be answered. */
export class ApiError extends Error {
  readonly status: number;
  readonly reason: string;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

const unreachable: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'it closed the connection',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network unreachable',
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name cannot be looked up',
  EPIPE: 'it closed the connection',
  UND_ERR_SOCKET: 'it closed the connection',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'its answer ends too early',
  HPE_INVALID_CONSTANT: 'it does not speak HTTP',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS',
  EPROTO: 'it does not speak TLS as expected',
};

const untrusted: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate comes from an unknown authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate comes from an unknown authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate comes from an unknown authority',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  CERT_SIGNATURE_FAILURE: 'its certificate is not signed by the authority of the kubeconfig',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for other names',
};

interface Coded {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
  readonly errors?: readonly unknown[];
}

/** The innermost error with a code: libraries wrap them. */
function innermost(error: unknown): Coded {
  const { cause, errors } = error as Coded;
  if (Array.isArray(errors) && errors.length > 0) return innermost(errors[0]);
  return typeof cause === 'object' && cause !== null ? innermost(cause) : (error as Coded);
}

/** Errors after which the same request may succeed on another connection. */
export function isTransient(error: unknown): boolean {
  const { code } = innermost(error);
  return ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'Z_BUF_ERROR'].includes(
    String(code),
  );
}

export const isTimeout = (error: unknown): boolean =>
  (error as Error).name === 'TimeoutError' ||
  ['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT'].includes(
    String(innermost(error).code),
  );

/** Says in one line why no answer came. */
export function unreachableError(error: unknown, access: Access, seconds: number): AccessError {
  const { server, proxy } = access;
  const where = `${server}${proxy === null ? '' : ` through the proxy ${withoutPassword(proxy)}`}`;
  const context = `context ${access.name}`;
  if (isTimeout(error)) {
    return new AccessError(
      `the API server ${where} (${context}) does not answer within ${seconds} s`,
      '--request-timeout=60s waits longer',
    );
  }
  const inner = innermost(error);
  const code = String(inner.code ?? '');
  const bad = untrusted[code];
  if (bad !== undefined) {
    return new AccessError(
      `the API server ${where} (${context}) is not trusted: ${bad}`,
      code === 'ERR_TLS_CERT_ALTNAME_INVALID' ? '--tls-server-name NAME expects another name' : '',
    );
  }
  const message = typeof inner.message === 'string' ? (inner.message.split('\n')[0] ?? '') : '';
  const proxied = /^Proxy response \((\d+)\)/.exec(message);
  const why = proxied ? `the proxy answers ${proxied[1]}` : (unreachable[code] ?? (code === '' ? message : code));
  return new AccessError(`the API server ${where} (${context}) cannot be reached: ${why}`);
}

/** An address as it may be shown. */
function withoutPassword(address: string): string {
  if (!URL.canParse(address)) return address;
  const url = new URL(address);
  return url.username === '' && url.password === '' ? address : address.replace(/\/\/[^@/]*@/, '//***@');
}
