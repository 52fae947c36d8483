import type { VirtualService } from '../../model/cluster-view.ts';
import type { Path } from '../../model/location.ts';
import type { HttpMatch, HttpRoute, StringMatch } from '../../model/specs.ts';

/** A regular expression of a VirtualService. */
export interface WrittenRegex {
  readonly regex: string;
  readonly path: Path;
  /** `*` stands for "present" here, or is taken for it (F24). */
  readonly starIsPresence: boolean;
  /** The admission webhook lets `*` pass here (J18). */
  readonly starIsAllowed: boolean;
}

const body = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

function* inMatch(match: HttpMatch, at: Path): Generator<WrittenRegex> {
  const one = (found: StringMatch | undefined, path: Path, starIsPresence: boolean, starIsAllowed = false) =>
    found?.regex === undefined ? [] : [{ regex: found.regex, path: [...path, 'regex'], starIsPresence, starIsAllowed }];
  yield* one(match.uri, [...at, 'uri'], false);
  for (const field of ['scheme', 'method', 'authority'] as const) yield* one(match[field], [...at, field], true);
  for (const field of ['headers', 'withoutHeaders', 'queryParams'] as const) {
    for (const [name, found] of Object.entries(match[field] ?? {})) {
      yield* one(found, [...at, field, name], true, field === 'withoutHeaders');
    }
  }
}

function* inRule(rule: HttpRoute, at: Path): Generator<WrittenRegex> {
  for (const [i, match] of (rule.match ?? []).entries()) yield* inMatch(match, [...at, 'match', i]);
  const plain = { starIsPresence: false, starIsAllowed: false };
  const origins = body(rule.corsPolicy)['allowOrigins'];
  for (const [i, origin] of (Array.isArray(origins) ? origins : []).entries()) {
    const { regex } = body(origin);
    if (typeof regex === 'string') yield { regex, path: [...at, 'corsPolicy', 'allowOrigins', i, 'regex'], ...plain };
  }
  const { match } = body(body(rule.rewrite)['uriRegexRewrite']);
  if (typeof match === 'string') yield { regex: match, path: [...at, 'rewrite', 'uriRegexRewrite', 'match'], ...plain };
}

/** Every regular expression that a VirtualService holds. */
export function* regexesOf(vs: VirtualService): Generator<WrittenRegex> {
  for (const [index, rule] of (vs.spec.http ?? []).entries()) yield* inRule(rule, ['spec', 'http', index]);
}
