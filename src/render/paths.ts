import type { Location } from '../model/location.ts';

const segments = (path: string): string[] => {
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..' && kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(segment);
  }
  return kept;
};

const isWindows = (path: string): boolean => /^[A-Za-z]:[\\/]/.test(path);

// A backslash is an ordinary character of a file name elsewhere.
const slashes = (path: string, cwd: string): string =>
  isWindows(cwd) || isWindows(path) ? path.replaceAll('\\', '/') : path;

const isAbsolute = (path: string): boolean => path.startsWith('/') || isWindows(path);

/** The path as seen from `cwd`, with slashes; an absolute path outside of it stays absolute. */
export function relativePath(file: string, cwd: string): string {
  const path = slashes(file, cwd);
  if (!isAbsolute(path)) return segments(path).join('/') || '.';
  const base = segments(slashes(cwd, cwd));
  const steps = segments(path);
  if (base.length < steps.length && base.every((segment, i) => segment === steps[i])) {
    return steps.slice(base.length).join('/');
  }
  return isWindows(path) ? steps.join('/') : `/${steps.join('/')}`;
}

/** The same as a URI reference. */
export function uriReference(file: string, cwd: string): string {
  const path = relativePath(file, cwd);
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  if (isWindows(path)) return `file:///${encoded.replace('%3A', ':')}`;
  return path.startsWith('/') ? `file://${encoded}` : encoded;
}

/** `gateways/shop.yaml:12:9`. */
export const locationText = ({ file, line, column }: Location, cwd: string): string =>
  `${relativePath(file, cwd)}:${line}:${column}`;
