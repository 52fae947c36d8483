import { Session } from 'node:inspector';
import { setFlagsFromString } from 'node:v8';

/** How often each function's busiest block ran, by file, name and place: V8's own counts, which no timing disturbs. */
export type Operations = ReadonlyMap<string, number>;

interface Coverage {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly {
      readonly functionName: string;
      readonly ranges: readonly { readonly startOffset: number; readonly count: number }[];
    }[];
  }[];
}

/**
 * Starts to count what the code of src/ does; modules must be imported after this, since V8 counts blocks of code only
 * where it compiles them with counters. What built-in functions do inside is not seen.
 */
export function startCounting(): { count(work: () => void): Operations; stop(): void } {
  // Optimised code does not count calls that it inlines.
  setFlagsFromString('--no-opt');
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  return {
    count(work) {
      taken(session);
      work();
      return taken(session);
    },
    stop: () => session.disconnect(),
  };
}

/** Takes the counts and sets them back. */
function taken(session: Session): Operations {
  const counts = new Map<string, number>();
  // A session of the own thread answers at once.
  session.post('Profiler.takePreciseCoverage', (error, coverage) => {
    if (error) throw error;
    for (const { url, functions } of (coverage as Coverage).result) {
      const file = /\/src\/(.+?\.ts)/.exec(url)?.[1];
      if (file === undefined) continue;
      for (const { functionName, ranges } of functions) {
        const key = `${file} ${functionName || 'callback'} @${ranges[0]?.startOffset ?? 0}`;
        const most = ranges.reduce((max, range) => Math.max(max, range.count), 0);
        counts.set(key, Math.max(counts.get(key) ?? 0, most));
      }
    }
  });
  return counts;
}

/** The functions that did more for `large` objects than n log n allows, measured against what they did for `small`. */
export function growingTooFast(
  small: { readonly n: number; readonly operations: Operations },
  large: { readonly n: number; readonly operations: Operations },
): string[] {
  const nLogN = (n: number) => n * Math.log2(n);
  const allowed = (nLogN(large.n) / nLogN(small.n)) * 1.25;
  return [...large.operations]
    .filter(([key, count]) => {
      // What runs a few times for each object at most is no matter, however it grows.
      const before = Math.max(small.operations.get(key) ?? 0, small.n * 8);
      return count > before * allowed;
    })
    .map(([key, count]) => `${key}: ${small.operations.get(key) ?? 0} -> ${count}`)
    .sort();
}
