import type { Coverage } from './coverage.ts';
import type { IstiodSettings } from './istiod.ts';
import type { MeshConfig } from './mesh-config.ts';
import type { AnyResource, Resource } from './resource.ts';
import type {
  ConfigMapSpec,
  DestinationRuleSpec,
  GatewaySpec,
  RoleBindingSpec,
  RoleSpec,
  SecretSpec,
  ServiceEntrySpec,
  ServiceSpec,
  VirtualServiceSpec,
} from './specs.ts';
import type { Workload } from './workload.ts';

export type Gateway = Resource<GatewaySpec>;
export type VirtualService = Resource<VirtualServiceSpec>;
export type DestinationRule = Resource<DestinationRuleSpec>;
export type ServiceEntry = Resource<ServiceEntrySpec>;
export type Service = Resource<ServiceSpec>;
export type Secret = Resource<SecretSpec>;
export type ConfigMap = Resource<ConfigMapSpec>;
export type Role = Resource<RoleSpec>;
export type RoleBinding = Resource<RoleBindingSpec>;

/** A pod or pod template of the input that may or may not be a gateway: what selectors are tested against. */
export interface PodTemplate {
  readonly resource: AnyResource;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** True for a router (A1); its Workload is then in `workloads`. */
  readonly router: boolean;
}

/** A wrong type, unknown field or unknown enum value, found while decoding. */
export interface SchemaProblem {
  readonly resource: AnyResource;
  readonly path: readonly (string | number)[];
  /** One sentence: `spec.servers[0].port.number must be a number, not the text "443"`. */
  readonly message: string;
  /** The field or value that was probably meant. */
  readonly nearest: string | null;
  /** A key or a certificate stands where its name belongs; in the model the value is `***`. */
  readonly pasted?: boolean;
}

/**
 * Everything that was read, indexed, and nothing computed from it. Maps are keyed `namespace/name` (keyOf).
 * The order of arrays is that of the input.
 */
export interface ClusterView {
  readonly coverage: Coverage;
  readonly mesh: MeshConfig;
  /** What istiod was started with, as far as its Deployment is in the input. */
  readonly istiod: IstiodSettings;
  /** The ConfigMap that holds the mesh configuration, if the input has it. */
  readonly meshSource: ConfigMap | null;
  readonly workloads: readonly Workload[];
  readonly podTemplates: readonly PodTemplate[];
  readonly gateways: readonly Gateway[];
  readonly virtualServices: readonly VirtualService[];
  readonly destinationRules: readonly DestinationRule[];
  readonly serviceEntries: readonly ServiceEntry[];
  readonly services: ReadonlyMap<string, Service>;
  readonly secrets: ReadonlyMap<string, Secret>;
  readonly configMaps: ReadonlyMap<string, ConfigMap>;
  readonly roles: ReadonlyMap<string, Role>;
  readonly clusterRoles: ReadonlyMap<string, Role>;
  readonly roleBindings: readonly RoleBinding[];
  readonly clusterRoleBindings: readonly RoleBinding[];
  /** Labels per namespace, of the Namespace objects in the input. */
  readonly namespaces: ReadonlyMap<string, AnyResource>;
  /** Objects of kinds that matter but are not compiled or are only looked at by single rules: kind -> objects.
   *  (Certificate, Issuer, ClusterIssuer, Challenge, ExternalSecret, SealedSecret, EnvoyFilter, Ingress,
   *  IngressClass, and the Kubernetes Gateway API kinds as `gateway.networking.k8s.io/<Kind>`.) */
  readonly others: ReadonlyMap<string, readonly AnyResource[]>;
  readonly schemaProblems: readonly SchemaProblem[];
  /** The same object twice: the later one counts. */
  readonly duplicates: readonly { readonly earlier: AnyResource; readonly later: AnyResource }[];
  /** Number of objects read, of whatever kind. */
  readonly objectCount: number;
}
