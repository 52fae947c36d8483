/** The part of MeshConfig that reaches gateway listeners, routes and secrets (0.3, D19, E9). */
export interface MeshConfig {
  readonly rootNamespace: string;
  readonly domain: string;
  readonly tlsDefaults: {
    readonly minProtocolVersion?: string;
    readonly cipherSuites?: readonly string[];
    readonly ecdhCurves?: readonly string[];
  };
  readonly meshMtlsMinProtocolVersion: string | null;
  readonly defaultServiceExportTo: readonly string[];
  readonly defaultVirtualServiceExportTo: readonly string[];
  readonly defaultDestinationRuleExportTo: readonly string[];
  /** null: not set, every namespace is seen. The raw list of LabelSelectors otherwise. */
  readonly discoverySelectors: readonly unknown[] | null;
  /** Names of extensionProviders of kind sds (D16). */
  readonly sdsProviders: readonly string[];
  readonly ingressClass: string;
  readonly ingressSelector: string | null;
  readonly ingressService: string;
  readonly ingressControllerMode: string;
}
