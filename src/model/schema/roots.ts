import { any, list, type ObjectShape, object, open, type Shape, text, textMap } from './shape.ts';

/** The part of metadata that is read; the rest is Kubernetes' business. */
export const metadata = open({
  name: text,
  namespace: text,
  labels: textMap,
  annotations: textMap,
  creationTimestamp: text,
  ownerReferences: list(open({ kind: text, name: text })),
});

/** An object of a kind whose CRD is known in full. */
export const istioObject = (spec: ObjectShape): ObjectShape =>
  object({ apiVersion: text, kind: text, metadata, spec, status: any });

/** An object of a core kind: only the fields that are read. */
export const coreObject = (fields: Readonly<Record<string, Shape>>): ObjectShape =>
  open({ apiVersion: text, kind: text, metadata, ...fields });
