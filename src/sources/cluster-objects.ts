import type { RawDocument } from '../model/document.ts';
import type { Origin } from '../model/resource.ts';
import { type Entry, isEntry } from './kubeconfig.ts';

/** Objects of a cluster stand in no file. */
const nowhere: Origin = { file: null, locate: () => null, line: () => null };

export const documentOf = (body: Entry): RawDocument => ({ body, origin: nowhere });

/** Copies of whole objects that tools leave in annotations: of a Secret they hold the key. */
const copies = /(?:last-applied-configuration|last-applied|original-object)$/;

/** Annotations that may be kept. */
function keptAnnotations(annotations: unknown): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(isEntry(annotations) ? annotations : {}).filter(([key]) => !copies.test(key)),
  );
}

/** What is needed of metadata: no managedFields, no copies of the object. */
function keptMetadata(metadata: unknown): Entry {
  const from = isEntry(metadata) ? metadata : {};
  const result: Record<string, unknown> = { name: from['name'] };
  if (from['namespace']) result['namespace'] = from['namespace'];
  if (isEntry(from['labels'])) result['labels'] = from['labels'];
  const annotations = keptAnnotations(from['annotations']);
  if (Object.keys(annotations).length > 0) result['annotations'] = annotations;
  if (typeof from['creationTimestamp'] === 'string') result['creationTimestamp'] = from['creationTimestamp'];
  return result;
}

/** An object of a list as if it stood in a file: lists of built-in kinds leave out what all their items have in common. */
export function objectOf(item: Entry, apiVersion: string, kind: string): Entry {
  const result: Record<string, unknown> = { apiVersion, kind };
  for (const [field, value] of Object.entries(item)) {
    if (field === 'metadata') result[field] = keptMetadata(value);
    else if (field === 'status') {
      // Whether a Certificate is ready, and where a load balancer is, is all that is asked of any status.
      if (isEntry(value) && Array.isArray(value['conditions']) && kind === 'Certificate')
        result[field] = { conditions: value['conditions'] };
      else if (isEntry(value) && isEntry(value['loadBalancer']) && kind === 'Service')
        result[field] = { loadBalancer: value['loadBalancer'] };
    } else if (field !== 'apiVersion' && field !== 'kind') result[field] = value;
  }
  return result;
}
