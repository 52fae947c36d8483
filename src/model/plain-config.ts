/** The deciding parts of a gateway's configuration as data: predicted (render/config-json.ts) or read from Envoy. */
export interface PlainConfig {
  readonly listeners: readonly PlainListener[];
  readonly routes: readonly PlainRouteConfiguration[];
  readonly secrets: Readonly<Record<string, PlainSecret>>;
}

export interface PlainListener {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly pipe?: string;
  readonly chains: readonly PlainChain[];
}

export interface PlainChain {
  readonly serverNames?: readonly string[] | null;
  readonly applicationProtocols?: readonly string[];
  readonly tls?: Readonly<Record<string, unknown>>;
  readonly http?: { readonly route: string };
  readonly tcp?: Readonly<Record<string, unknown>>;
}

export interface PlainRouteConfiguration {
  readonly name: string;
  readonly virtualHosts: readonly PlainVirtualHost[];
}

export interface PlainVirtualHost {
  readonly name: string;
  readonly domains: readonly string[];
  readonly requireTls?: string;
  readonly routes: readonly Readonly<Record<string, unknown>>[];
}

export type PlainSecret =
  | 'not delivered'
  | {
      readonly certificate?: Readonly<Record<string, unknown>>;
      readonly ca?: Readonly<Record<string, unknown>>;
      readonly crl?: boolean;
    };

/** What Envoy runs with, and what it says about changes it has not made. */
export interface ActualConfig extends PlainConfig {
  /** Listeners whose last change was refused: name -> Envoy's words. */
  readonly refused: ReadonlyMap<string, string>;
  /** Listeners that wait for something before they start. */
  readonly warmingListeners: ReadonlySet<string>;
  /** Secrets that have not arrived, or were refused: name -> Envoy's words, '' when it says nothing. */
  readonly warmingSecrets: ReadonlyMap<string, string>;
}
