import type { Gap } from '../model/coverage.ts';
import type { Connection } from './api-connection.ts';
import { ApiError } from './api-errors.ts';
import { inParallel, type ListOptions, listAll, metadataOnly } from './api-lists.ts';
import { type ClusterKind, type Discovery, listPath, resourceName, versionsOf } from './cluster-kinds.ts';
import { objectOf } from './cluster-objects.ts';
import { type Entry, isEntry } from './kubeconfig.ts';

/** Where to look when a list of all namespaces is refused. */
export interface Reach {
  readonly connection: Connection;
  /** null: the server does not say what it has. */
  readonly discovery: Discovery | null;
  /** Namespaces to try one by one. */
  readonly namespaces: readonly string[];
  /** False: there may be others. */
  readonly isAll: boolean;
  /** `kubectl --context dev`, ready to be continued. */
  readonly kubectl: string;
}

/** Objects, and what hides others. */
export interface Listed<T = Entry> {
  readonly items: readonly T[];
  readonly gaps: readonly Gap[];
}

/** `user dev`, as the API server calls whoever asks. */
const whoIn = (error: ApiError): string => {
  const user = /User "([^"]*)"/.exec(error.message)?.[1];
  return user === undefined ? 'these credentials' : `user ${user}`;
};

/** Why a request was refused, in a clause. */
export const refusalText = (error: ApiError): string =>
  error.status === 403
    ? `forbidden for ${whoIn(error)}`
    : `the API server answers ${error.status} ${error.message}`.slice(0, 200);

/** The question that kubectl can answer: may this be done? */
export const canI = (kubectl: string, verb: string, resource: string, namespace: string | null): string =>
  `${kubectl} auth can-i ${verb} ${resource} ${namespace === null ? '-A' : `-n ${namespace}`}`;

function gapFor(kind: ClusterKind, error: ApiError, reach: Reach, readable: readonly string[] | null): Gap {
  const resource = resourceName(kind);
  const [only] = reach.namespaces;
  const where = readable === null || readable.length === 0 ? '' : ` outside of ${readable.join(', ')}`;
  const single = reach.isAll || reach.namespaces.length !== 1 ? null : (only ?? null);
  return {
    kinds: kind.plural,
    namespace: null,
    ...(readable !== null && readable.length > 0 ? { except: readable } : {}),
    because: `${resource}${where}: ${refusalText(error)}`,
    decides: canI(reach.kubectl, 'list', resource, readable !== null && readable.length > 0 ? null : single),
  };
}

/** Is it this kind that the server does not know? A missing namespace answers with an empty list. */
const isUnknownKind = (error: unknown): error is ApiError => error instanceof ApiError && error.status === 404;

/** Lists a kind in all namespaces; where that is refused, in those that may be read. */
async function listVersion<T>(
  kind: ClusterKind,
  version: string,
  reach: Reach,
  keep: (item: Entry) => T,
  options: ListOptions,
): Promise<Listed<T>> {
  const { connection } = reach;
  let refused: ApiError;
  try {
    return { items: await listAll(connection, listPath(kind, version, null), keep, options), gaps: [] };
  } catch (error) {
    if (!(error instanceof ApiError) || isUnknownKind(error)) throw error;
    refused = error;
  }
  if (!kind.namespaced || refused.status !== 403) return { items: [], gaps: [gapFor(kind, refused, reach, null)] };
  const readable: string[] = [];
  const found = await inParallel(reach.namespaces, 8, async (namespace) => {
    try {
      const items = await listAll(connection, listPath(kind, version, namespace), keep, options);
      readable.push(namespace);
      return items;
    } catch (error) {
      if (!(error instanceof ApiError) || isUnknownKind(error)) throw error;
      return [];
    }
  });
  const whole = reach.isAll && readable.length === reach.namespaces.length;
  return { items: found.flat(), gaps: whole ? [] : [gapFor(kind, refused, reach, readable.sort())] };
}

/** Lists a kind under the best version that the server has. */
export async function listKind(kind: ClusterKind, reach: Reach, options: ListOptions = {}): Promise<Listed> {
  const versions = versionsOf(kind, reach.discovery);
  const root = kind.group === '' ? '' : `${kind.group}/`;
  for (const version of versions) {
    const keep = (item: Entry): Entry => objectOf(item, `${root}${version}`, kind.kind);
    const accept = kind.metadataOnly ? { accept: metadataOnly } : {};
    try {
      return await listVersion(kind, version, reach, keep, { ...accept, ...options });
    } catch (error) {
      if (!isUnknownKind(error)) throw error;
    }
  }
  if (!kind.istio) return { items: [], gaps: [] };
  const name = resourceName(kind);
  return {
    items: [],
    gaps: [
      {
        kinds: kind.plural,
        namespace: null,
        because: `the cluster has no ${name}: the CustomResourceDefinition is missing`,
        decides: `${reach.kubectl} get crd ${name}`,
      },
    ],
  };
}

/** Lists parts of pods by a label selector. */
export const listPods = <T>(selector: string, reach: Reach, keep: (pod: Entry) => T): Promise<Listed<T>> =>
  listVersion({ kind: 'Pod', plural: 'pods', group: '', versions: ['v1'], namespaced: true }, 'v1', reach, keep, {
    query: `labelSelector=${encodeURIComponent(selector)}`,
  });

/** One object; null when there is none, the refusal when it may not be read. */
export async function getObject(connection: Connection, path: string, kind: string): Promise<Entry | ApiError | null> {
  try {
    const body = await connection.json(path);
    return isEntry(body) ? objectOf(body, 'v1', kind) : null;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return error.status === 404 ? null : error;
  }
}
