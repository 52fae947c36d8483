import type { ClusterView, Role, RoleBinding } from '../model/cluster-view.ts';
import { accessOf } from '../model/coverage.ts';
import type { RbacRule } from '../model/specs.ts';

/** True when the input says anything about permissions; without it the oracle lets every pod list secrets. */
export const hasRbac = (view: ClusterView, namespace: string, serviceAccount: string): boolean =>
  accessOf(view.coverage, namespace, serviceAccount) !== undefined ||
  view.roles.size + view.clusterRoles.size + view.roleBindings.length + view.clusterRoleBindings.length > 0;

const wildcardOr = (list: readonly string[] | undefined, wanted: string): boolean =>
  (list ?? []).some((entry) => entry === '*' || entry === wanted);

/** `list` on core secrets; a rule limited to resourceNames never allows a list of all. mirrors: I8. */
const allowsListing = (rule: RbacRule): boolean =>
  wildcardOr(rule.verbs, 'list') &&
  wildcardOr(rule.apiGroups, '') &&
  wildcardOr(rule.resources, 'secrets') &&
  (rule.resourceNames ?? []).length === 0;

function binds(binding: RoleBinding, namespace: string, serviceAccount: string): boolean {
  const groups = new Set(['system:authenticated', 'system:serviceaccounts', `system:serviceaccounts:${namespace}`]);
  return binding.spec.subjects.some((subject) => {
    if (subject.kind === 'ServiceAccount') {
      return subject.name === serviceAccount && (subject.namespace || binding.id.namespace) === namespace;
    }
    if (subject.kind === 'Group') return groups.has(subject.name ?? '');
    return subject.kind === 'User' && subject.name === `system:serviceaccount:${namespace}:${serviceAccount}`;
  });
}

function roleOf(view: ClusterView, binding: RoleBinding): Role | undefined {
  const { kind, name } = binding.spec.roleRef;
  return kind === 'ClusterRole'
    ? view.clusterRoles.get(name ?? '')
    : view.roles.get(`${binding.id.namespace}/${name ?? ''}`);
}

/** May this service account list secrets in its namespace, by the API server's answer, else by roles and bindings? mirrors: I8. */
export function mayListSecrets(view: ClusterView, namespace: string, serviceAccount: string): boolean {
  const answer = accessOf(view.coverage, namespace, serviceAccount);
  if (answer) return answer.allowed;
  const bindings = [...view.roleBindings.filter((b) => b.id.namespace === namespace), ...view.clusterRoleBindings];
  return bindings.some(
    (binding) =>
      binds(binding, namespace, serviceAccount) && (roleOf(view, binding)?.spec.rules ?? []).some(allowsListing),
  );
}
