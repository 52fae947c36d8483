import { RE2JS } from 're2js';
import type { RegexTest } from '../envoy/match.ts';

const compiled = new Map<string, RE2JS | null>();

/** Full match as Envoy's RE2 does it; an expression that RE2 refuses matches nothing. */
export const re2Matches: RegexTest = (pattern, text) => {
  let expression = compiled.get(pattern);
  if (expression === undefined) {
    try {
      expression = RE2JS.compile(pattern);
    } catch {
      expression = null;
    }
    compiled.set(pattern, expression);
  }
  return expression?.matches(text) ?? false;
};
