import type { Connection } from './api-connection.ts';
import { ApiError } from './api-errors.ts';
import { type Entry, isEntry } from './kubeconfig.ts';

/** Objects per answer, as kubectl asks for. */
const PAGE = 500;
/** A list whose continuation expires again and again is read in one piece, as client-go does. */
const MOST_RESTARTS = 2;

/** Asks for names, labels and annotations only. */
export const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

export interface ListOptions {
  readonly accept?: string;
  /** `labelSelector=...` and the like, encoded. */
  readonly query?: string;
}

/** Reads a list page by page; `keep` makes of each object what is needed, so that the rest can be forgotten at once. */
export async function listAll<T>(
  connection: Connection,
  path: string,
  keep: (item: Entry) => T,
  options: ListOptions = {},
): Promise<T[]> {
  const request = options.accept === undefined ? {} : { accept: options.accept };
  for (let restarts = 0; ; restarts++) {
    const kept: T[] = [];
    const limit = restarts > MOST_RESTARTS ? '' : `limit=${PAGE}`;
    let next = '';
    try {
      do {
        const query = [limit, options.query ?? '', next === '' ? '' : `continue=${encodeURIComponent(next)}`];
        const page = await connection.json(`${path}?${query.filter((part) => part !== '').join('&')}`, request);
        const body = isEntry(page) ? page : {};
        for (const item of Array.isArray(body['items']) ? body['items'] : []) if (isEntry(item)) kept.push(keep(item));
        const meta = isEntry(body['metadata']) ? body['metadata'] : {};
        next = typeof meta['continue'] === 'string' ? meta['continue'] : '';
      } while (next !== '');
      return kept;
    } catch (error) {
      // What has been read so far belongs to a state of the cluster that is gone.
      if (!(error instanceof ApiError) || error.status !== 410 || limit === '') throw error;
    }
  }
}

/** Runs tasks, a few at a time, and returns their results in order. */
export async function inParallel<T, R>(items: readonly T[], most: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
  return results;
}
