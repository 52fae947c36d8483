import { coreObject } from './roots.ts';
import { list, open, texts } from './shape.ts';

/** The part of a Role or ClusterRole that is read. */
export const role = coreObject({
  rules: list(open({ apiGroups: texts, resources: texts, resourceNames: texts, verbs: texts })),
});
