import { isIpv6 } from '../model/ip-address.ts';

/** Host names as istiod compares them: `*` only as the first character, suffix comparison, case-sensitive (E11). */

const isWildcard = (host: string): boolean => host.startsWith('*');

/** True when some name fits both. mirrors: E11 (host.Name.Matches). */
export function hostsMatch(a: string, b: string): boolean {
  if (!isWildcard(a) && !isWildcard(b)) return a === b;
  if (isWildcard(a) && isWildcard(b)) {
    return a.length < b.length ? b.slice(1).endsWith(a.slice(1)) : a.slice(1).endsWith(b.slice(1));
  }
  return isWildcard(a) ? b.endsWith(a.slice(1)) : a.endsWith(b.slice(1));
}

/** True when every name that fits `a` also fits `b`. mirrors: E11 (host.Name.SubsetOf). */
export function hostSubsetOf(a: string, b: string): boolean {
  if (!isWildcard(a) && !isWildcard(b)) return a === b;
  if (isWildcard(a) && isWildcard(b)) return a.length >= b.length && a.slice(1).endsWith(b.slice(1));
  if (isWildcard(a)) return false;
  return a.endsWith(b.slice(1));
}

/** Order "more specific first": exact names, then longer text, then alphabetical. mirrors: E16. */
export function compareSpecificity(a: string, b: string): number {
  const wildcards = Number(isWildcard(a)) - Number(isWildcard(b));
  if (wildcards !== 0) return wildcards;
  if (a.length !== b.length) return b.length - a.length;
  return compareText(a, b);
}

const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;

/** Bytewise order of two texts, as Go compares strings: in UTF-8 characters outside the basic plane come last. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return isSurrogate(x) === isSurrogate(y) ? x - y : isSurrogate(x) ? 1 : -1;
  }
  return a.length - b.length;
}

/** One host of a Gateway server after istiod's rewriting (B3). */
export interface ServerHost {
  /** null: every namespace may attach. */
  readonly namespace: string | null;
  readonly host: string;
}

/** Splits a rewritten server host into its namespace part and its name (E12). */
export function splitServerHost(host: string): ServerHost {
  const slash = host.indexOf('/');
  if (slash < 0) return { namespace: null, host };
  const namespace = host.slice(0, slash);
  return { namespace: namespace === '*' ? null : namespace, host: host.slice(slash + 1) };
}

/** May VirtualServices of this namespace use it? mirrors: E12. */
export const isOpenTo = (own: ServerHost, namespace: string): boolean =>
  own.namespace === null || own.namespace === namespace;

/** The server's names that VirtualServices of this namespace may use. mirrors: E12. */
export function hostsForNamespace(hosts: readonly string[], namespace: string): string[] {
  const own: string[] = [];
  for (const written of hosts) {
    const open = splitServerHost(written);
    if (isOpenTo(open, namespace)) own.push(open.host);
  }
  return own;
}

/**
 * Resolves a short name against the namespace of its VirtualService. mirrors: E3.
 * Returns texts with a dot, `*`, and IP addresses unchanged.
 */
export function resolveShortName(name: string, namespace: string, domain: string): string {
  // An IPv4 address has dots.
  if (name === '' || name === '*' || name.includes('.') || isIpv6(name)) return name;
  return `${name}.${namespace}.svc.${domain}`;
}

/** Resolves an entry of spec.gateways to `namespace/name`. mirrors: E4. */
export function resolveGatewayName(reference: string, namespace: string): string {
  if (reference === 'mesh') return reference;
  if (reference.includes('/')) return reference.startsWith('./') ? `${namespace}/${reference.slice(2)}` : reference;
  if (!reference.includes('.')) return `${namespace}/${reference}`;
  const [name, ns] = reference.split('.');
  return `${ns}/${name}`;
}
