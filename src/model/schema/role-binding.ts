import { coreObject } from './roots.ts';
import { list, open, text } from './shape.ts';

/** The part of a RoleBinding or ClusterRoleBinding that is read. */
export const roleBinding = coreObject({
  roleRef: open({ kind: text, name: text }),
  subjects: list(open({ kind: text, name: text, namespace: text })),
});
