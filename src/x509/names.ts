import type { Certificate } from './certificate.ts';
import { ipText } from './extensions.ts';

/** What a certificate says about a host; `by` is the subject alternative name that decides, as written. */
export type Coverage =
  | { readonly kind: 'covered'; readonly by: string }
  /** Only the common name fits and there is no subject alternative name: curl and Node accept it, browsers and Go do not. */
  | { readonly kind: 'common-name-only'; readonly commonName: string }
  /** A wildcard that fits only if it could stand for several labels, as Istio's and Envoy's can (rule wildcard-san-depth). */
  | { readonly kind: 'deeper'; readonly by: string }
  | { readonly kind: 'not-covered' };

type Named = Pick<Certificate, 'dnsNames' | 'ipAddresses' | 'hasSubjectAltName' | 'subject'>;

/**
 * Returns whether a certificate is good for a host, as browsers, Go, curl and Node agree (RFC 9525 section 6): wildcards
 * stand for one whole leftmost label below at least two others, no partial ones, no common name, IP addresses by IP entries
 * only; case and one trailing dot of the host do not count, international names are compared in their ASCII form.
 * A wildcard host `*.d` is covered by the entry `*.d` alone; `*` by nothing.
 */
export function coverageOf(certificate: Named, host: string): Coverage {
  const ip = addressOf(host);
  if (ip !== null) {
    if (certificate.ipAddresses.includes(ip)) return { kind: 'covered', by: ip };
    return commonNameCoverage(certificate, host.toLowerCase());
  }
  const name = asciiHost(host);
  if (name === null) return { kind: 'not-covered' };
  const covering = certificate.dnsNames.find((entry) => matches(entry.toLowerCase(), name));
  if (covering !== undefined) return { kind: 'covered', by: covering };
  const deeper = certificate.dnsNames.find((entry) => matchesDeeper(entry.toLowerCase(), name));
  if (deeper !== undefined) return { kind: 'deeper', by: deeper };
  return commonNameCoverage(certificate, name);
}

/** Tells whether a certificate is good for a host (see coverageOf). */
export const covers = (certificate: Named, host: string): boolean => coverageOf(certificate, host).kind === 'covered';

/** Tells whether a certificate has no subject alternative name at all (rule cert-cn-only). */
export const isCommonNameOnly = (certificate: Named): boolean => !certificate.hasSubjectAltName;

function commonNameCoverage(certificate: Named, name: string): Coverage {
  const { commonName } = certificate.subject;
  if (certificate.hasSubjectAltName || commonName === null) return { kind: 'not-covered' };
  const fits = commonName.toLowerCase() === name || matches(commonName.toLowerCase(), name);
  return fits ? { kind: 'common-name-only', commonName } : { kind: 'not-covered' };
}

/** Whether an entry, in lower case, is for a host in ASCII form. */
function matches(entry: string, host: string): boolean {
  if (entry === host) return host !== '*' && host !== '';
  const suffix = wildcardSuffix(entry);
  if (suffix === null || !host.endsWith(suffix)) return false;
  const label = host.slice(0, -suffix.length);
  return label !== '' && !label.includes('.') && !label.includes('*');
}

function matchesDeeper(entry: string, host: string): boolean {
  const suffix = wildcardSuffix(entry);
  return suffix !== null && host.length > suffix.length && host.endsWith(suffix) && !matches(entry, host);
}

/** `.d` of the entry `*.d`, or null: no wildcard, or one that clients do not honour (`*`, `*.com`, `f*.d`, `a.*.d`). */
function wildcardSuffix(entry: string): string | null {
  if (!entry.startsWith('*.') || entry.includes('*', 1)) return null;
  const suffix = entry.slice(1);
  return suffix.includes('.', 1) && !suffix.endsWith('.') && !suffix.includes('..') ? suffix : null;
}

/** A host in lower case, in ASCII form and without its trailing dot; null when it cannot be a name. */
function asciiHost(host: string): string | null {
  const lower = host.toLowerCase().replace(/\.$/, '');
  if (lower === '' || lower === '*' || lower.length > 1000) return null;
  if (/^[\x21-\x7e]+$/.test(lower)) return lower;
  const [wildcard, rest] = lower.startsWith('*.') ? ['*.', lower.slice(2)] : ['', lower];
  if (/[\s/?#@:\\[\]%]/.test(rest)) return null;
  try {
    return wildcard + new URL(`http://${rest}/`).hostname;
  } catch {
    return null;
  }
}

/** The IP address that a host is, in the spelling of ipText, or null. */
function addressOf(host: string): string | null {
  const v4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(host);
  if (v4) return v4.slice(1).every((part) => Number(part) < 256) ? v4.slice(1).map(Number).join('.') : null;
  if (!host.includes(':') || host.length > 60) return null;
  try {
    const { hostname } = new URL(`http://[${host.replace(/^\[|\]$/g, '')}]/`);
    return ipText(octetsOf(hostname.slice(1, -1)));
  } catch {
    return null;
  }
}

/** The octets of an IPv6 address as the URL standard writes it: groups in hexadecimal, at most one `::`. */
function octetsOf(address: string): Uint8Array {
  const [head, tail] = address.split('::') as [string, string | undefined];
  const groups = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  const front = groups(head);
  const back = tail === undefined ? [] : groups(tail);
  const zeros = tail === undefined ? [] : new Array<number>(8 - front.length - back.length).fill(0);
  return Uint8Array.from([...front, ...zeros, ...back].flatMap((group) => [group >> 8, group & 0xff]));
}
