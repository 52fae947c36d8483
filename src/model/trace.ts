import type { FilterChain, Listener, Route, RouteConfiguration, VirtualHost, WeightedCluster } from './envoy-config.ts';

/** A client certificate as a call names it: who signed it, and which names it carries. */
export interface ClientCertificate {
  /** `mesh`: the mesh's own authority and the pod's mounted files; `foreign`: nobody's; else the gateway's CA Secret. */
  readonly authority: string;
  readonly subjectAltNames: readonly string[];
}

/** A version of TLS, as Envoy writes it. */
export type TlsVersion = 'TLSv1_0' | 'TLSv1_1' | 'TLSv1_2' | 'TLSv1_3';

/** One request as a client sends it to a listener of the pod. */
export interface Call {
  /** Address of the listener as configured; `0.0.0.0` for the ordinary ones. */
  readonly address: string;
  /** The listener's port, not the Service's. */
  readonly port: number;
  readonly tls: {
    readonly sni: string | null;
    readonly alpn: readonly string[];
    readonly maxVersion: TlsVersion;
    readonly certificate: ClientCertificate | null;
  } | null;
  /** null: no Host header. */
  readonly host: string | null;
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
}

export type Outcome = 'response' | 'forwarded' | 'refused' | 'reset' | 'tls-error' | 'plain-answer' | 'undecided';

export interface TracedCluster extends WeightedCluster {
  readonly missing?: true;
}

/** What happens to the request, with everything it met on the way; absent parts were not reached. */
export interface Trace {
  readonly outcome: Outcome;
  readonly status?: number;
  /** Envoy's own word: response code details, or why the connection ended. */
  readonly details: string;
  readonly listener?: Listener;
  readonly chain?: { readonly index: number; readonly chain: FilterChain };
  readonly virtualHost?: { readonly configuration: RouteConfiguration; readonly host: VirtualHost };
  readonly route?: { readonly index: number; readonly route: Route };
  readonly cluster?: string;
  readonly weighted?: readonly TracedCluster[];
  readonly redirect?: string;
}
