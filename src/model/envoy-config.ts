import type { ConfigMap, Gateway, Secret, VirtualService } from './cluster-view.ts';
import type { Path } from './location.ts';
import type { AnyResource, Place } from './resource.ts';
import type { Server } from './specs.ts';
import type { Workload } from './workload.ts';

/** One server of one Gateway. `index` is its position in spec.servers. */
export interface ServerRef {
  readonly gateway: Gateway;
  readonly index: number;
  readonly server: Server;
}

/** The place of a server, or of a field in it. */
export const serverPlace = (ref: ServerRef, ...rest: Path): Place => ({
  resource: ref.gateway,
  path: ['spec', 'servers', ref.index, ...rest],
});

/** One rule of a VirtualService; `match` is the index inside it, null when the rule has none. */
export interface RuleRef {
  readonly virtualService: VirtualService;
  readonly block: 'http' | 'tls' | 'tcp';
  readonly index: number;
  readonly match: number | null;
  /** The root's rule that delegates to this one (E6). */
  readonly via?: RuleRef;
}

export const rulePlace = (ref: RuleRef, ...rest: Path): Place => ({
  resource: ref.virtualService,
  path: ['spec', ref.block, ref.index, ...(ref.match === null ? [] : ['match', ref.match]), ...rest],
});

export interface WeightedCluster {
  readonly cluster: string;
  readonly weight: number;
}

export interface TlsContext {
  /** SDS names. */
  readonly certificates: readonly string[];
  readonly validation: string | null;
  readonly subjectAltNames: readonly string[];
  readonly requireClientCertificate: boolean;
  readonly alpn: readonly string[];
  /** Both present as soon as any TLS parameter is set (D19). */
  readonly minVersion: string | null;
  readonly maxVersion: string | null;
  readonly cipherSuites: readonly string[];
  readonly ecdhCurves: readonly string[];
}

export type ChainTarget =
  | { readonly kind: 'http'; readonly route: string }
  | { readonly kind: 'tcp'; readonly cluster: string; readonly rule: RuleRef | null }
  | { readonly kind: 'tcp-weighted'; readonly weighted: readonly WeightedCluster[]; readonly rule: RuleRef | null };

export interface FilterChain {
  /** null: no match object, the chain takes everything (D7). */
  readonly serverNames: readonly string[] | null;
  readonly applicationProtocols: readonly string[];
  readonly tls: TlsContext | null;
  readonly target: ChainTarget;
  /** The servers this chain was built from: one, or all merged plain HTTP servers. */
  readonly servers: readonly ServerRef[];
}

export interface Listener {
  readonly name: string;
  /** '' for a unix socket. */
  readonly address: string;
  readonly port: number;
  /** Path of a unix socket. */
  readonly pipe: string | null;
  readonly chains: readonly FilterChain[];
}

export type RouteAction =
  | { readonly kind: 'cluster'; readonly cluster: string }
  | { readonly kind: 'weighted'; readonly weighted: readonly WeightedCluster[] }
  | { readonly kind: 'redirect'; readonly redirect: Readonly<Record<string, unknown>> }
  | { readonly kind: 'direct-response'; readonly status: number }
  /** Envoy refuses the whole route answer (F25). */
  | { readonly kind: 'none' };

export interface Route {
  readonly name: string;
  /** Envoy's RouteMatch as protobuf JSON. */
  readonly match: Readonly<Record<string, unknown>>;
  /** The one whose hosts it is for; where it delegates, `origin` names the delegate. */
  readonly virtualService: VirtualService;
  readonly action: RouteAction;
  readonly origin: RuleRef;
}

export interface VirtualHost {
  readonly name: string;
  readonly domains: readonly string[];
  readonly requireTls: boolean;
  readonly routes: readonly Route[];
  /** The servers whose hosts produced it; empty for the blackhole (F8). */
  readonly servers: readonly ServerRef[];
}

export interface RouteConfiguration {
  readonly name: string;
  readonly virtualHosts: readonly VirtualHost[];
}

/** Why istiod does not deliver a secret; the words for it are the rules' business. */
export type NotDelivered =
  | {
      readonly why: 'not-found';
      readonly namespace: string;
      readonly name: string;
      /** Why it may exist all the same: nobody was allowed to look. */
      readonly hidden?: string;
    }
  | { readonly why: 'cross-namespace'; readonly namespace: string; readonly name: string }
  | { readonly why: 'not-authorized'; readonly namespace: string; readonly serviceAccount: string }
  | { readonly why: 'no-reference-grant'; readonly namespace: string; readonly name: string }
  | {
      readonly why: 'bad-keys';
      readonly secret: Secret | ConfigMap;
      readonly wanted: 'certificate' | 'ca';
      readonly found: readonly string[];
      readonly empty: readonly string[];
    }
  | { readonly why: 'unknown-scheme' }
  /** The input cannot tell: workload namespace unknown, Secret not covered, or made by an operator. */
  | {
      readonly why: 'unknown';
      readonly because: string;
      /** The Secret that an operator may make, or may not. */
      readonly maybe?: { readonly namespace: string; readonly name: string };
    };

/** Why nobody can tell whether it is delivered; null when it is known not to be. */
export const unknownBecause = (reason: NotDelivered): string | null =>
  reason.why === 'unknown' ? reason.because : reason.why === 'not-found' ? (reason.hidden ?? null) : null;

export interface DeliveredCertificate {
  /** lower-case hex without padding; null when the first PEM block cannot be read. */
  readonly serial: string;
  readonly sha256: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly isCa: boolean;
  /** A SPIFFE trust domain in a URI SAN, for the TRUST DOMAIN column (H21). */
  readonly trustDomain: string | null;
}

/** How Envoy takes a delivered payload (symptoms.md 4.1). */
export interface PayloadVerdict {
  /** Envoy's words when it refuses the payload, null when it takes it. */
  readonly refused: string | null;
  /** Public key of the certificate, for the choice of ciphers: `rsa`, `ec` ...; null for a CA. */
  readonly keyAlgorithm: string | null;
  /** For a CA: some authority in it is valid now, and its revocation list, if any, can be read. */
  readonly acceptsClients: boolean;
}

/** `judge` looks into the content when asked, since that costs; keys are read, compared and forgotten. */
export type SecretPayload =
  | {
      readonly kind: 'certificate';
      readonly certificate: DeliveredCertificate | null;
      readonly from: Secret;
      readonly certKey: string;
      readonly keyKey: string;
      readonly judge: (now: Date) => PayloadVerdict;
    }
  | {
      readonly kind: 'ca';
      readonly certificate: DeliveredCertificate | null;
      readonly from: Secret | ConfigMap;
      readonly caKey: string;
      readonly crlKey: string | null;
      readonly judge: (now: Date) => PayloadVerdict;
    }
  | {
      readonly kind: 'not-delivered';
      readonly reason: NotDelivered;
      /** What pods would get that may list Secrets (`not-authorized`); files seldom show all permissions. */
      readonly otherwise?: SecretPayload;
    };

/** One SDS name that listeners ask istiod for. */
export interface SecretEntry {
  readonly name: string;
  readonly payload: SecretPayload;
  /** The servers that ask for it, with the field they name it in (`credentialName`, `caCertCredentialName` ...). */
  readonly usedBy: readonly { readonly server: ServerRef; readonly path: Path; readonly as: 'certificate' | 'ca' }[];
}

/**
 * Something istiod leaves out, with its reason. `at` is what was left out, `winners` what stands in its place,
 * `mirrors` the fact of spec/istio-semantics.md.
 */
export type Drop = { readonly at: Place; readonly mirrors: string } & (
  | { readonly reason: 'server-without-port' }
  | { readonly reason: 'hosts-replaced-by-star'; readonly server: ServerRef; readonly hosts: readonly string[] }
  | {
      readonly reason: 'duplicate-host';
      readonly server: ServerRef;
      readonly port: number;
      readonly hosts: readonly { readonly host: string; readonly winner: ServerRef }[];
    }
  | {
      readonly reason: 'protocol-conflict';
      readonly server: ServerRef;
      readonly port: number;
      readonly winner: ServerRef;
    }
  | {
      readonly reason: 'route-name-reused';
      readonly server: ServerRef;
      readonly port: number;
      readonly winner: ServerRef;
    }
  | {
      readonly reason: 'replaced-by-plain-server';
      readonly server: ServerRef;
      readonly port: number;
      readonly winner: ServerRef;
    }
  | {
      readonly reason: 'route-list-overwritten';
      readonly server: ServerRef;
      readonly port: number;
      readonly winner: ServerRef;
    }
  | { readonly reason: 'privileged-port'; readonly server: ServerRef; readonly port: number }
  | { readonly reason: 'no-target-port'; readonly server: ServerRef }
  | {
      readonly reason: 'no-chain';
      readonly server: ServerRef;
      readonly port: number;
      readonly wants: 'tcp' | 'tls' | 'service';
    }
  | { readonly reason: 'sni-hidden-by-star'; readonly server: ServerRef; readonly hosts: readonly string[] }
  | {
      readonly reason: 'credential-ignored';
      readonly server: ServerRef;
      readonly because: 'passthrough' | 'istio-mutual' | 'plain-http' | 'list-wins' | 'not-mutual' | 'no-credential';
    }
  | {
      readonly reason: 'vs-server-dropped';
      readonly virtualService: VirtualService;
      readonly gateway: Gateway;
      readonly servers: readonly ServerRef[];
    }
  | { readonly reason: 'vs-not-visible'; readonly virtualService: VirtualService; readonly gateway: Gateway }
  | {
      readonly reason: 'vs-host-mismatch';
      readonly virtualService: VirtualService;
      readonly gateway: Gateway;
      readonly hosts: readonly string[];
    }
  | { readonly reason: 'vs-delegate'; readonly virtualService: VirtualService }
  | { readonly reason: 'delegate-not-found'; readonly rule: RuleRef; readonly delegate: string }
  | { readonly reason: 'delegate-is-root'; readonly rule: RuleRef; readonly delegate: VirtualService }
  | { readonly reason: 'delegate-not-exported'; readonly rule: RuleRef; readonly delegate: VirtualService }
  | { readonly reason: 'delegate-match-conflict'; readonly rule: RuleRef; readonly root: RuleRef }
  | { readonly reason: 'rule-after-catch-all'; readonly rule: RuleRef; readonly winner: RuleRef }
  | {
      readonly reason: 'match-filtered';
      readonly rule: RuleRef;
      readonly server: ServerRef;
      readonly by: 'port' | 'gateways' | 'source';
    }
  | {
      readonly reason: 'block-ignored';
      readonly rule: RuleRef;
      readonly server: ServerRef;
      readonly reads: 'http' | 'tls' | 'tcp' | 'service';
    }
  | { readonly reason: 'rule-not-first'; readonly rule: RuleRef; readonly server: ServerRef; readonly winner: RuleRef }
  | {
      readonly reason: 'duplicate-sni';
      readonly rule: RuleRef;
      readonly server: ServerRef;
      readonly hosts: readonly { readonly host: string; readonly winner: RuleRef }[];
    }
  | { readonly reason: 'rule-without-match'; readonly rule: RuleRef; readonly server: ServerRef }
  | {
      readonly reason: 'route-shadowed';
      readonly rule: RuleRef;
      readonly virtualHost: string;
      readonly winner: RuleRef;
    }
  | {
      readonly reason: 'secret-not-delivered';
      readonly secret: string;
      readonly server: ServerRef;
      readonly because: NotDelivered;
    }
);

export type DropReason = Drop['reason'];

/** A question that the input cannot answer and that changes this workload's prediction. */
export interface UndecidedConfig {
  readonly question: string;
  readonly because: string;
  readonly decides: { readonly kind: 'file' | 'permission'; readonly command: string };
  readonly resource: AnyResource | null;
}

/** What istiod would send to one workload, with everything it leaves out. */
export interface EnvoyConfig {
  readonly workload: Workload;
  readonly listeners: readonly Listener[];
  readonly routes: readonly RouteConfiguration[];
  readonly secrets: readonly SecretEntry[];
  /** Names of the clusters that istiod generates for this workload (F32). */
  readonly clusters: ReadonlySet<string>;
  readonly drops: readonly Drop[];
  readonly undecided: readonly UndecidedConfig[];
  /** Gateways that select this workload, in istiod's order (A7). */
  readonly gateways: readonly Gateway[];
  /** Every server of these Gateways with the listener port(s) it resolves to, dropped ones too. */
  readonly servers: readonly { readonly server: ServerRef; readonly ports: readonly number[] }[];
  /** istiod panics on this input and nobody gets a configuration (B3). */
  readonly crash: Place | null;
  /** Objects that are not for this workload at all, counted, not dropped. */
  readonly notForUs: { readonly gateways: number; readonly virtualServices: number };
}
