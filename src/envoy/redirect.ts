import type { RequestParts } from './match.ts';

const statuses: Readonly<Record<string, number>> = {
  FOUND: 302,
  SEE_OTHER: 303,
  TEMPORARY_REDIRECT: 307,
  PERMANENT_REDIRECT: 308,
};

/** The Location of a virtual host that requires TLS: the Host as sent, its port included. Source: symptoms.md 5. */
export const sslRedirectLocation = (host: string, path: string): string => `https://${host}${path}`;

/** The host without its port, where the redirect names another port or the old scheme's default port is meant. */
function hostFor(host: string, isTls: boolean, scheme: string, newPort: boolean): string {
  const colon = host.startsWith('[') ? host.indexOf(']:') + 1 : host.lastIndexOf(':');
  if (colon <= 0) return host;
  const port = host.slice(colon);
  const oldScheme = isTls ? 'https' : 'http';
  const isDefault = scheme !== oldScheme && port === (isTls ? ':443' : ':80');
  return newPort || isDefault ? host.slice(0, colon) : host;
}

/** Status and Location of a redirect route, as Envoy builds them from its RedirectAction. */
export function redirectLocation(
  redirect: Readonly<Record<string, unknown>>,
  host: string,
  request: RequestParts,
  isTls: boolean,
): { readonly status: number; readonly location: string } {
  const scheme = (redirect['schemeRedirect'] as string | undefined) ?? (isTls ? 'https' : 'http');
  const port = redirect['portRedirect'] as number | undefined;
  const target = (redirect['hostRedirect'] as string | undefined) ?? hostFor(host, isTls, scheme, port !== undefined);
  const query = request.query === '' ? '' : `?${request.query}`;
  const path = (redirect['pathRedirect'] as string | undefined) ?? '';
  const finalPath = path === '' ? `${request.path}${query}` : path.includes('?') ? path : `${path}${query}`;
  return {
    status: statuses[String(redirect['responseCode'] ?? '')] ?? 301,
    location: `${scheme}://${target}${port === undefined ? '' : `:${port}`}${finalPath}`,
  };
}
