import { gw, https, type Obj, redirect, svc, tls, toAll, vs } from './build.ts';
import { istioctl, pods, type Site, type SiteOptions, selector } from './sites.ts';

type Severity = 'error' | 'warning' | 'info';

/** What must be found: a rule, its severity, and the object to point at (one of these, as `Kind ns/name`). */
export interface Expected {
  readonly rule: string;
  readonly severity: Severity;
  readonly at: readonly string[];
}

export interface Options {
  /** Absence from the input: a warning, and an error with --complete. */
  readonly absent?: boolean;
  /** Run with --complete only. */
  readonly complete?: boolean;
  /** Objects that the message or the related places must name. */
  readonly names?: readonly string[];
  /** Changes the text of the file. */
  readonly edit?: (yaml: string) => string;
}

/** One cluster: broken in one way, or a near miss that works. */
export interface Case extends Options {
  readonly title: string;
  readonly rule: string;
  readonly objects: readonly Obj[];
  readonly expected: Expected | null;
}

/** A broken cluster. `at` may hold several objects that are equally right, separated by `|`. */
export const broken = (
  rule: string,
  title: string,
  severity: Severity,
  at: string,
  objects: readonly Obj[],
  options: Options = {},
): Case => ({ title, rule, objects, expected: { rule, severity, at: at.split('|') }, ...options });

/** A cluster that works although it looks almost like one that breaks the rule. */
export const near = (rule: string, title: string, objects: readonly Obj[], options: Options = {}): Case => ({
  title,
  rule,
  objects,
  expected: null,
  ...options,
});

export interface Shop {
  readonly site?: Site;
  readonly pods?: SiteOptions;
  readonly hosts?: readonly string[];
  readonly gateway?: string;
  readonly credential?: string;
  readonly tls?: Obj;
  readonly servers?: readonly Obj[];
  readonly selector?: Obj | null;
  readonly secrets?: readonly Obj[];
  readonly vs?: Obj;
  readonly vsMeta?: Obj;
  readonly service?: Obj;
  readonly more?: readonly Obj[];
}

/** The usual cluster of one team: gateway pods, a Secret, a Gateway with redirect, a VirtualService and its backend. */
export function shop(o: Shop = {}): readonly Obj[] {
  const { site = istioctl, hosts = ['shop.example.com'], credential = 'shop-tls', gateway = 'shop/web' } = o;
  const servers = o.servers ?? [redirect(hosts), https(hosts, credential, o.tls)];
  return [
    ...pods(site, o.pods),
    ...(o.secrets ?? [tls(`${site.ns}/shop-tls`, hosts)]),
    gw(gateway, o.selector === undefined ? selector(site) : o.selector, servers),
    vs('shop/shop', { hosts, gateways: [gateway], http: toAll('frontend', 80), ...o.vs }, o.vsMeta),
    o.service ?? svc('shop/frontend'),
    ...(o.more ?? []),
  ];
}
