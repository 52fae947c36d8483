import { compareText, splitServerHost } from './hosts.ts';

/** The rewritten hosts, the entries that a star-slash-star replaced, or the index at which istiod panics. mirrors: B3. */
export function rewriteHosts(
  hosts: readonly string[],
  namespace: string,
): { readonly hosts: readonly string[]; readonly replaced: readonly string[]; readonly panicsAt: number | null } {
  if (!hosts.some((host) => host.includes('/'))) return { hosts, replaced: [], panicsAt: null };
  let result = [...hosts];
  let star = false;
  for (const [i, host] of hosts.entries()) {
    const slash = host.indexOf('/');
    if (slash < 0) continue;
    // A third part is ignored, as in istiod's split.
    const [before, after = ''] = host.split('/');
    if (before === '.') {
      if (star && i >= 1) return { hosts: result, replaced: [], panicsAt: i };
      result[i] = `${namespace}/${after}`;
    } else if (before === '*') {
      if (after === '*') {
        result = ['*'];
        star = true;
      } else {
        if (star && i >= 1) return { hosts: result, replaced: [], panicsAt: i };
        result[i] = after;
      }
    }
  }
  return { hosts: result, replaced: star ? hosts.filter((h) => h !== '*/*' && h !== '*') : [], panicsAt: null };
}

/** SNI names of a server: hosts without namespaces, each once, sorted bytewise. mirrors: B20. */
export function sniHosts(hosts: readonly string[]): readonly string[] {
  const names = hosts.map((h) => splitServerHost(h).host);
  return names.length < 2 ? names : [...new Set(names)].sort(compareText);
}
