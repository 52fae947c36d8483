import type { ClusterView, Role, RoleBinding } from '../../model/cluster-view.ts';
import { accessOf, gapOf } from '../../model/coverage.ts';
import { type Place, resourceText } from '../../model/resource.ts';

/** A binding of a service account; `role` is null when the input does not have it. */
interface Bound {
  readonly binding: RoleBinding;
  readonly role: Role | null;
}

const names = (binding: RoleBinding, namespace: string, account: string): boolean =>
  binding.spec.subjects.some(
    (s) =>
      (s.kind === 'ServiceAccount' && s.name === account && (s.namespace || binding.id.namespace) === namespace) ||
      (s.kind === 'User' && s.name === `system:serviceaccount:${namespace}:${account}`),
  );

/** The bindings that name this service account and count in its namespace. */
const bindingsOf = (view: ClusterView, namespace: string, account: string): Bound[] =>
  [...view.roleBindings.filter((b) => b.id.namespace === namespace), ...view.clusterRoleBindings]
    .filter((binding) => names(binding, namespace, account))
    .map((binding) => ({ binding, role: roleOf(view, binding) }));

function roleOf(view: ClusterView, binding: RoleBinding): Role | null {
  const { kind, name = '' } = binding.spec.roleRef;
  const role = kind === 'ClusterRole' ? view.clusterRoles.get(name) : view.roles.get(`${binding.id.namespace}/${name}`);
  return role ?? null;
}

/** What the input says about a service account that may not list Secrets: its roles, and bindings that name others. */
export function rolePlaces(view: ClusterView, namespace: string, account: string): { at: Place; message: string }[] {
  const own = bindingsOf(view, namespace, account);
  const others = view.roleBindings.filter(
    (binding) =>
      binding.id.namespace === namespace && !own.some((b) => b.binding === binding) && isAboutSecrets(view, binding),
  );
  return [
    ...own.flatMap(({ binding, role }) => [
      {
        at: { resource: binding, path: ['roleRef'] },
        message: `binds the service account to ${binding.spec.roleRef.kind} ${binding.spec.roleRef.name}`,
      },
      ...(role
        ? [
            {
              at: { resource: role, path: ['rules'] },
              message: `${resourceText(role.id)} does not allow to list all Secrets`,
            },
          ]
        : []),
    ]),
    ...others.map((binding) => ({
      at: { resource: binding, path: ['subjects'] },
      message: `${resourceText(binding.id)} gives a role about Secrets to others`,
    })),
  ];
}

const isAboutSecrets = (view: ClusterView, binding: RoleBinding): boolean =>
  (roleOf(view, binding)?.spec.rules ?? []).some((rule) => (rule.resources ?? []).includes('secrets'));

/**
 * True when the input shows what this service account may do: the API server was asked, or the input binds the account
 * or has a Role or RoleBinding of its namespace (rules.md row 4), and every role that is bound. Else a reason why not.
 */
export function knowsPermissions(view: ClusterView, namespace: string, account: string): true | string {
  if (accessOf(view.coverage, namespace, account)) return true;
  for (const kinds of ['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings']) {
    const gap = gapOf(view.coverage, kinds, namespace);
    if (gap) return gap.because;
  }
  const bound = bindingsOf(view, namespace, account);
  const unseen = bound.find(({ role }) => role === null || isAggregated(role));
  if (unseen) {
    const { kind, name } = unseen.binding.spec.roleRef;
    return `the service account is bound to ${kind} ${name}, whose rules are not in the input`;
  }
  const ofNamespace = [...view.roles.values(), ...view.roleBindings].some((r) => r.id.namespace === namespace);
  if (bound.length > 0 || ofNamespace) return true;
  return `the input neither binds the service account nor has a Role or RoleBinding of namespace ${namespace}`;
}

/** Its rules are collected from other ClusterRoles by the API server. */
const isAggregated = (role: Role): boolean =>
  role.body['aggregationRule'] !== undefined && role.spec.rules.length === 0;
