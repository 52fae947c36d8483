import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** True when the text holds a character that a shell would expand. */
export const isGlob = (path: string): boolean => /[*?[{]/.test(path);

/** More alternatives than anyone writes by hand. */
const MOST_ALTERNATIVES = 1000;

/** Returns the patterns that the braces of one stand for: `a{b,c}` -> `ab`, `ac`. Braces without a comma stay. */
export function expandBraces(pattern: string): string[] {
  const open = [{ done: '', rest: pattern }];
  const expanded: string[] = [];
  for (let next = open.pop(); next; next = open.pop()) {
    const match = /^([^{]*)\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}/.exec(next.rest);
    const alternatives = match ? splitAlternatives(match[2]!) : [];
    if (expanded.length + open.length > MOST_ALTERNATIVES) return [pattern];
    if (!match) expanded.push(next.done + next.rest);
    else if (alternatives.length < 2) {
      open.push({ done: next.done + match[0], rest: next.rest.slice(match[0].length) });
    } else {
      const behind = next.rest.slice(match[0].length);
      for (const a of alternatives.reverse()) open.push({ done: next.done + match[1], rest: a + behind });
    }
  }
  return expanded;
}

function splitAlternatives(inside: string): string[] {
  const alternatives: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < inside.length; i++) {
    if (inside[i] === '{') depth++;
    else if (inside[i] === '}') depth--;
    else if (inside[i] === ',' && depth === 0) {
      alternatives.push(inside.slice(start, i));
      start = i + 1;
    }
  }
  return [...alternatives, inside.slice(start)];
}

/** Returns a test for one path segment with `*`, `?` and `[...]`. A leading dot matches only when it is written. */
export function segmentMatcher(segment: string): (name: string) => boolean {
  let source = '';
  for (let i = 0; i < segment.length; i++) {
    const c = segment[i]!;
    const set = c === '[' ? /^\[([!^]?)(\]?[^\]]*)\]/.exec(segment.slice(i)) : null;
    if (c === '*') source += source.endsWith('.*') ? '' : '.*';
    else if (c === '?') source += '.';
    else if (set) {
      source += `[${set[1] === '' ? '' : '^'}${set[2]!.replace(/[\\\]^[]/g, '\\$&')}]`;
      i += set[0].length - 1;
    } else source += c.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  }
  const pattern = compiled(source);
  return (name) =>
    (!name.startsWith('.') || segment.startsWith('.')) && (pattern ? pattern.test(name) : name === segment);
}

/** A set like `[z-a]` is no pattern: the segment then only matches itself. */
function compiled(source: string): RegExp | null {
  try {
    return new RegExp(`^${source}$`, 'su');
  } catch {
    return null;
  }
}

/** True for a directory, also one behind a link. */
export function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function entriesOf(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
}

const isLinkToDirectory = (entry: Dirent, directory: string): boolean =>
  entry.isSymbolicLink() && isDirectory(join(directory, entry.name));

/** Returns the existing paths that a glob matches, ascending; relative to `cwd` where the glob is. `**` is any number of directories. */
export function matchGlob(pattern: string, cwd: string): string[] {
  const found = new Set<string>();
  const walk = (directory: string, shown: string, segments: readonly string[]): void => {
    const [segment, ...rest] = segments;
    if (segment === undefined) return;
    const last = rest.length === 0;
    if (!isGlob(segment)) {
      const path = `${shown}${segment}`;
      if (!last) walk(join(directory, segment), `${path}/`, rest);
      else if (entriesOf(directory).some(({ name }) => name === segment)) found.add(path);
      return;
    }
    const deep = segment === '**';
    const matches = segmentMatcher(segment);
    if (deep && !last) walk(directory, shown, rest);
    for (const entry of entriesOf(directory)) {
      const { name } = entry;
      if (!matches(name) || (entry.isDirectory() && name === 'node_modules')) continue;
      // `**` follows no links, which may lead back up.
      if (deep && entry.isDirectory()) walk(join(directory, name), `${shown}${name}/`, segments);
      else if (last && !(deep && isLinkToDirectory(entry, directory))) found.add(`${shown}${name}`);
      else if (!deep) walk(join(directory, name), `${shown}${name}/`, rest);
    }
  };
  for (const one of expandBraces(pattern)) {
    const absolute = one.startsWith('/');
    walk(
      absolute ? '/' : cwd,
      absolute ? '/' : '',
      one.split('/').filter((s) => s !== ''),
    );
  }
  return [...found].sort();
}
