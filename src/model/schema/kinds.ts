import { configMap } from './config-map.ts';
import { destinationRule } from './destination-rule.ts';
import { gateway } from './gateway.ts';
import { pod, podTemplateOwner } from './pod.ts';
import { role } from './role.ts';
import { roleBinding } from './role-binding.ts';
import { secret } from './secret.ts';
import { service } from './service.ts';
import { serviceEntry } from './service-entry.ts';
import type { ObjectShape } from './shape.ts';
import { virtualService } from './virtual-service.ts';

export interface KindSchema {
  /** API groups of this kind; other groups have kinds of the same name (Gateway API's Gateway, Knative's Service). */
  readonly groups: readonly string[];
  readonly shape: ObjectShape;
  /** True: no value of such an object is ever printed. */
  readonly secret: boolean;
}

const istio = (shape: ObjectShape): KindSchema => ({ groups: ['networking.istio.io'], shape, secret: false });
const core = (shape: ObjectShape, secret = false): KindSchema => ({ groups: [''], shape, secret });
const rbac = (shape: ObjectShape): KindSchema => ({ groups: ['rbac.authorization.k8s.io'], shape, secret: false });
const apps: KindSchema = { groups: ['apps', 'extensions'], shape: podTemplateOwner, secret: false };

/** The kinds that are checked, by name. */
export const kinds: ReadonlyMap<string, KindSchema> = new Map([
  ['Gateway', istio(gateway)],
  ['VirtualService', istio(virtualService)],
  ['DestinationRule', istio(destinationRule)],
  ['ServiceEntry', istio(serviceEntry)],
  ['Service', core(service)],
  ['Secret', core(secret, true)],
  ['ConfigMap', core(configMap, true)],
  ['Pod', core(pod)],
  ['Deployment', apps],
  ['DaemonSet', apps],
  ['StatefulSet', apps],
  ['ReplicaSet', apps],
  ['Role', rbac(role)],
  ['ClusterRole', rbac(role)],
  ['RoleBinding', rbac(roleBinding)],
  ['ClusterRoleBinding', rbac(roleBinding)],
]);
