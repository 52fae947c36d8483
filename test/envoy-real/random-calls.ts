import { recordedRandom } from '../conformance/oracle.ts';
import { numbers } from '../numbers.ts';
import { type Pod, podsOf, type RecordedConfig, type RecordedRoute } from './recorded.ts';
import type { Call } from './versions.ts';

/** How many requests go to each listener. */
const CALLS = 8;

const HOSTS = [
  'unknown.test',
  'shop',
  'a.b.example.com',
  'EXAMPLE.com',
  'example.com.',
  'api.example.com:8443',
  '10.0.0.1',
];
const PATHS = ['/', '/api', '/api/', '/apiary', '/API', '/login?user=1', '/deep/er', '//', '/a%2Fb', '/v1;x', '/%'];
const METHODS = ['GET', 'GET', 'GET', 'HEAD', 'POST', 'DELETE'];
const ALPN = [undefined, ['h2', 'http/1.1'], ['http/1.1'], ['h2'], ['other']];
/** The keys of the authorities in the clusters' Secrets do not exist. */
const CLIENTS = [undefined, undefined, 'mesh', 'foreign'];

type Pick = <T>(list: readonly T[]) => T;

/** A name that a pattern takes, or nearly takes. */
function nameLike(pattern: string, pick: Pick): string {
  const name = pattern.replace(/^\*/, pick(['x', 'a.b', '']));
  return pick([name, name, name, name.toUpperCase(), `${name}.`, `sub.${name}`, `${name}:443`]) || 'x';
}

interface Wanted {
  readonly paths: readonly string[];
  readonly headers: readonly (readonly [string, string])[];
}

type Text = { readonly exact?: string; readonly prefix?: string; readonly safeRegex?: { readonly regex: string } };

/** Paths and headers at which the matches of these routes begin to fit. */
function wantedBy(routes: readonly RecordedRoute[]): Wanted {
  const matches = routes.map(
    (route) =>
      route.match as {
        readonly prefix?: string;
        readonly path?: string;
        readonly pathSeparatedPrefix?: string;
        readonly safeRegex?: { readonly regex: string };
        readonly headers?: readonly { readonly name: string; readonly stringMatch?: Text }[];
      },
  );
  const textOf = ({ exact, prefix, safeRegex }: Text): string => exact ?? prefix ?? safeRegex?.regex ?? 'x';
  return {
    paths: matches.flatMap((m) => m.prefix ?? m.path ?? m.pathSeparatedPrefix ?? m.safeRegex?.regex ?? []),
    headers: matches.flatMap((m) =>
      (m.headers ?? [])
        .filter(({ name }) => !name.startsWith(':'))
        .map(({ name, stringMatch }) => [name, textOf(stringMatch ?? {})] as const),
    ),
  };
}

/** A path near one that a route wants; always one that a client can send. */
function pathLike(wanted: readonly string[], pick: Pick): string {
  const base = wanted.length > 0 ? pick([pick(wanted), pick(wanted), pick(PATHS)]) : pick(PATHS);
  const path = `${pick([base, base, base.toUpperCase(), base.slice(0, -1)])}${pick(['', '', '', '/', '/x', 'x', '?q=1', '#f'])}`;
  return /^\/[!-~]*$/.test(path) ? path : '/';
}

function callsOf({ listeners, routes }: RecordedConfig, pick: Pick): Call[] {
  return listeners.flatMap(({ address, port, chains }) =>
    Array.from({ length: CALLS }, (): Call => {
      const chain = pick(chains);
      const hosts = routes.find(({ name }) => name === chain.http?.route)?.virtualHosts ?? [];
      const virtualHost = hosts.length > 0 ? pick(hosts) : null;
      const domains = virtualHost?.domains ?? [];
      const names = chain.serverNames ?? [];
      const { paths, headers } = wantedBy(virtualHost?.routes ?? []);
      const sni = pick([names.length > 0 ? nameLike(pick(names), pick) : 'shop.example.com', pick(HOSTS), null]);
      const alpn = pick(ALPN);
      const clientCert = pick(CLIENTS);
      const tls = {
        sni: sni?.replace(/[:.]+\d*$/, '') || null,
        ...(alpn && { alpn }),
        ...(clientCert && { clientCert }),
      };
      const header = headers.length > 0 ? pick(headers) : null;
      return {
        address,
        port,
        // Mostly what the chain speaks.
        tls: pick([chain.tls !== undefined, chain.tls !== undefined, true, false]) ? tls : null,
        host: pick([domains.length > 0 ? nameLike(pick(domains), pick) : 'shop.example.com', pick(HOSTS)]),
        path: pathLike(paths, pick),
        method: pick(METHODS),
        headers: header && /^[ -~]+$/.test(header[1]) ? { [header[0]]: pick([header[1], `${header[1]}x`]) } : {},
        observed: {},
      };
    }),
  );
}

/**
 * Pods of `count` recorded random clusters, with the configuration that Istio made for them and requests nobody has
 * recorded; the same ones for the same seed.
 */
export function randomPods(count: number, seed: number): Pod[] {
  const random = numbers(seed);
  const pick: Pick = (list) => list[Math.floor(random() * list.length)]!;
  const usable = recordedRandom().filter(({ invalid }) => !invalid);
  const clusters = Array.from({ length: count }, () => pick(usable));
  return podsOf(
    [...new Set(clusters)].flatMap(({ name, yaml, results }) =>
      results.map(({ workload, config }) => {
        // Go writes null for an empty list.
        const { listeners, routes, secrets } = config as { [K in keyof RecordedConfig]: RecordedConfig[K] | null };
        const sent = { listeners: listeners ?? [], routes: routes ?? [], secrets: secrets ?? {} };
        return { name, yaml, workload, sent, calls: callsOf(sent, pick) };
      }),
    ),
  );
}
