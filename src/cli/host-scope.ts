import type { EnvoyConfig } from '../model/envoy-config.ts';
import type { AnyResource, Place } from '../model/resource.ts';
import type { GatewaySpec } from '../model/specs.ts';
import { UsageError } from './errors.ts';
import { nearest } from './nearest.ts';
import type { Session } from './session.ts';
import { parseUrl, shownUrl } from './url.ts';

/** Reads `shop.example.com`, `shop.example.com:8443` or a URL. */
export function hostOf(text: string): string {
  const host = (/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text.replace(/^[^/]*\/\//, '') : text)
    .replace(/[/?#].*$/s, '')
    .replace(/^.*@/s, '')
    .replace(/:\d+$/, '')
    .toLowerCase();
  if (/\.(ya?ml|json)$/.test(text) || (text.includes('/') && !text.includes('://'))) {
    throw new UsageError(`${JSON.stringify(text)} is no host`, `To read a file: kubectl tlsgw doctor -f ${text}`);
  }
  // Names in other scripts are configured, and sent, in their ASCII form.
  const ascii =
    /[^\x20-\x7e]/.test(host) && URL.canParse(`http://${host}/`) ? new URL(`http://${host}/`).hostname : host;
  if (!/^(\*\.)?[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\.?$/.test(ascii))
    throw new UsageError(
      `${JSON.stringify(shownUrl(text))} is no host or URL`,
      'kubectl tlsgw doctor shop.example.com',
    );
  if (!ascii.startsWith('*')) parseUrl(text, 'doctor', UsageError);
  return ascii.replace(/\.$/, '');
}

/** `*.example.com` in a Gateway or VirtualService takes this host; a namespace before it does not matter here. */
export function takes(pattern: string, host: string): boolean {
  const name = pattern
    .slice(pattern.indexOf('/') + 1)
    .toLowerCase()
    // `shop.example.com.` means that host, although Envoy never matches it (symptoms.md 6).
    .replace(/\.$/, '');
  return name === '*' || name === host || (name.startsWith('*.') && host.endsWith(name.slice(1)));
}

/** Secrets and ConfigMaps that servers of this host use. */
function credentials(configs: readonly EnvoyConfig[], touched: (hosts: readonly string[]) => boolean): AnyResource[] {
  const used = configs.flatMap((config) => config.secrets);
  return used.flatMap(({ payload, usedBy }) =>
    payload.kind !== 'not-delivered' && usedBy.some(({ server }) => touched(server.server.hosts ?? []))
      ? [payload.from]
      : [],
  );
}

/** What a report about some hosts is narrowed to, and which of them nothing serves. */
export interface HostScope {
  readonly inScope: (concerned: readonly Place[]) => boolean;
  /** One sentence for each host that no Gateway or VirtualService has. */
  readonly unknown: readonly string[];
}

// A defect of anything else (pods, Services, the mesh) touches every host.
const hosted = new Set(['Gateway', 'VirtualService', 'Secret', 'Certificate']);

/** Narrows to the objects that touch one of these hosts. */
export function scopeOf(hosts: readonly string[], { view, configs }: Session): HostScope {
  const touched = (patterns: readonly string[]) => patterns.some((p) => hosts.some((host) => takes(p, host)));
  const gateways = view.gateways.map((g) => ({
    resource: g as AnyResource,
    hosts: (g.spec.servers ?? []).flatMap((s) => s.hosts ?? []),
  }));
  const routes = view.virtualServices.map((v) => ({ resource: v as AnyResource, hosts: v.spec.hosts ?? [] }));
  const touching = [...gateways, ...routes].filter((object) => touched(object.hosts));
  const set = new Set([...touching.map((object) => object.resource), ...credentials(configs, touched)]);
  const known = [
    ...new Set([...gateways, ...routes].flatMap((object) => object.hosts.map((h) => h.slice(h.indexOf('/') + 1)))),
  ];
  const unknown = hosts
    .filter((host) => !known.some((pattern) => takes(pattern, host)))
    .map((host) => {
      const meant = nearest(host, known);
      return `no Gateway or VirtualService has the host ${host}${meant === null ? '' : `; the nearest is ${meant}`}`;
    });
  // Of a Gateway only the server counts that a place names: its other servers are other hosts' business.
  const touches = ({ resource, path }: Place): boolean => {
    const servers = resource.id.kind === 'Gateway' && path[1] === 'servers' && typeof path[2] === 'number';
    if (!servers) return set.has(resource);
    const server = (resource.spec as GatewaySpec).servers?.[Number(path[2])];
    return server === undefined ? set.has(resource) : touched(server.hosts ?? []);
  };
  const inScope = (concerned: readonly Place[]) => {
    // The Secret of a DestinationRule is about its backend, and no host's own.
    const upstream = concerned[0]?.resource.id.kind === 'DestinationRule';
    const about = concerned.filter(
      ({ resource: { id } }) => hosted.has(id.kind) && !(upstream && id.kind === 'Secret'),
    );
    const precise = about.filter(({ resource, path }) => resource.id.kind === 'Gateway' && path[1] === 'servers');
    // A VirtualService whose host no server takes is that host's business, whichever servers are named beside it.
    const own = about.filter((place) => place === concerned[0] && place.resource.id.kind === 'VirtualService');
    return about.length === 0 || (precise.length > 0 ? [...precise, ...own] : about).some(touches);
  };
  return { inScope, unknown };
}
