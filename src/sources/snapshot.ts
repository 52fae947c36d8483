import type { AccessAnswer, Coverage, Gap } from '../model/coverage.ts';
import type { RawDocument } from '../model/document.ts';
import { type Entry, isEntry } from './kubeconfig.ts';

export const SNAPSHOT_API = 'tlsgw/v1';
export const SNAPSHOT_KIND = 'TlsgwSnapshot';

/** What a snapshot knows besides its objects. */
export interface SnapshotCoverage {
  readonly source: Coverage['source'];
  readonly complete: boolean;
  readonly gaps: readonly Gap[];
  readonly access: readonly AccessAnswer[];
  readonly istiodVersions: readonly string[];
  /** Where istiod ran; null when the header does not say. */
  readonly istioNamespace: string | null;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const entries = (value: unknown): Entry[] => (Array.isArray(value) ? value.filter(isEntry) : []);
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((v): v is string => typeof v === 'string') : [];

function gapFrom(entry: Entry): Gap {
  const except = texts(entry['except']);
  return {
    kinds: text(entry['kinds']) || '*',
    namespace: typeof entry['namespace'] === 'string' ? entry['namespace'] : null,
    ...(except.length > 0 ? { except } : {}),
    because: text(entry['because']) || 'it was not readable when the snapshot was taken',
    decides: text(entry['decides']),
  };
}

function coverageFrom(spec: Entry): SnapshotCoverage {
  return {
    source: 'snapshot',
    complete: true,
    gaps: entries(spec['gaps']).map(gapFrom),
    access: entries(spec['access']).map((a) => ({
      namespace: text(a['namespace']),
      serviceAccount: text(a['serviceAccount']),
      allowed: a['allowed'] === true,
    })),
    istiodVersions: texts(spec['istiodVersions']),
    istioNamespace: text(spec['istioNamespace']) || null,
  };
}

const isHeader = ({ body }: RawDocument): boolean =>
  body['kind'] === SNAPSHOT_KIND && body['apiVersion'] === SNAPSHOT_API;

/** The snapshot among these documents, with the objects of the input; null when they hold none. */
export function snapshotIn(
  documents: readonly RawDocument[],
): { readonly coverage: SnapshotCoverage; readonly documents: readonly RawDocument[] } | null {
  const headers = documents.filter(isHeader);
  const [first] = headers;
  if (!first) return null;
  const all = headers.map(({ body }) => coverageFrom(isEntry(body['spec']) ? body['spec'] : {}));
  const coverage: SnapshotCoverage = {
    ...all[0]!,
    gaps: all.flatMap((c) => c.gaps),
    access: all.flatMap((c) => c.access),
    istiodVersions: [...new Set(all.flatMap((c) => c.istiodVersions))].sort(),
  };
  return { coverage, documents: documents.filter((d) => !isHeader(d)) };
}
