import type { RelatedPlace } from '../model/finding.ts';
import type { ResourceId } from '../model/resource.ts';
import { resourceText } from '../model/resource.ts';
import { type Workload, workloadText } from '../model/workload.ts';

/** Two 32-bit FNV-1a lanes over UTF-16 units, mixed at the end: 16 hex digits, pure, the same on every platform. */
function hash(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x9e3779b9;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x85ebca6b) ^ (a >>> 15);
  }
  const hex = (n: number) => (n >>> 0).toString(16).padStart(8, '0');
  return hex(a ^ (b >>> 13)) + hex(b ^ (a >>> 16));
}

/** The identity of a finding across runs: everything that stays when lines move or messages are reworded. */
export function fingerprint(of: {
  readonly rule: string;
  readonly resource: ResourceId;
  readonly path: string;
  readonly workload: Workload | null;
  readonly firstRelated: Pick<RelatedPlace, 'resource' | 'path'> | undefined;
  /** What it is about, where a place has several findings of one rule; '' where place and related place tell. */
  readonly about: string;
}): string {
  const workload = of.workload ? workloadText(of.workload) : '';
  const related = of.firstRelated ? `${resourceText(of.firstRelated.resource)} ${of.firstRelated.path}` : '';
  return hash([of.rule, resourceText(of.resource), of.path, workload, related, of.about].join('\n'));
}
