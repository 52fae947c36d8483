import {
  asciiText,
  bitsOf,
  booleanOf,
  childrenOf,
  contentsHex,
  contentsOf,
  type DerElement,
  isInteger,
  isOid,
  readElement,
  TAG,
} from './der.ts';
import { dottedOid } from './distinguished-name.ts';

export type KeyUsage =
  | 'digitalSignature'
  | 'nonRepudiation'
  | 'keyEncipherment'
  | 'dataEncipherment'
  | 'keyAgreement'
  | 'keyCertSign'
  | 'cRLSign'
  | 'encipherOnly'
  | 'decipherOnly';

/** What the extensions of a certificate say. An extension that is absent leaves its null or its empty list. */
export interface ExtensionFacts {
  readonly isCa: boolean;
  readonly pathLength: number | null;
  readonly hasSubjectAltName: boolean;
  readonly dnsNames: readonly string[];
  /** As text, IPv6 in the form of RFC 5952. */
  readonly ipAddresses: readonly string[];
  readonly uris: readonly string[];
  readonly emailAddresses: readonly string[];
  readonly keyUsage: readonly KeyUsage[] | null;
  /** `serverAuth`, `clientAuth`, `any`, or a dotted identifier; null: no such extension, good for everything. */
  readonly extendedKeyUsage: readonly string[] | null;
  readonly authorityKeyId: string | null;
  readonly subjectKeyId: string | null;
  /** Where the issuer's certificate can be fetched (Authority Information Access). */
  readonly caIssuers: readonly string[];
  /** Dotted identifier of the first extension that cannot be read or occurs twice: Go refuses such a certificate. */
  readonly unreadable: string | null;
}

const KEY_USAGES: readonly KeyUsage[] = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
];

const PURPOSES: Readonly<Record<string, string>> = {
  '2b06010505070301': 'serverAuth',
  '2b06010505070302': 'clientAuth',
  '551d2500': 'any',
};

const CA_ISSUERS = '2b06010505073002';

type Facts = { -readonly [K in keyof ExtensionFacts]: ExtensionFacts[K] };

/** Reads one extension's value into the facts; false when the value is not what the extension's definition wants. */
type Reader = (der: Uint8Array, value: DerElement, facts: Facts, critical: boolean) => boolean;

const sequence = (der: Uint8Array, value: DerElement): readonly DerElement[] | null =>
  value.tag === TAG.sequence ? childrenOf(der, value) : null;

const readBasicConstraints: Reader = (der, value, facts) => {
  const parts = sequence(der, value);
  if (parts === null) return false;
  let [first, second] = parts;
  if (first?.tag === TAG.boolean) {
    const isCa = booleanOf(der, first);
    if (isCa === null) return false;
    facts.isCa = isCa;
  } else {
    second = first;
  }
  if (second?.tag !== TAG.integer) return true;
  if (!isInteger(der, second) || der[second.contents]! >= 0x80 || second.end - second.contents > 6) return false;
  facts.pathLength = Number.parseInt(contentsHex(der, second), 16);
  return true;
};

const readSubjectAltName: Reader = (der, value, facts) => {
  const names = sequence(der, value);
  if (names === null) return false;
  facts.hasSubjectAltName = true;
  const dnsNames: string[] = [];
  const ipAddresses: string[] = [];
  const uris: string[] = [];
  const emailAddresses: string[] = [];
  let readable = true;
  for (const name of names) {
    if (name.tag === 0x87) {
      const ip = ipText(contentsOf(der, name));
      if (ip === null) readable = false;
      else ipAddresses.push(ip);
      continue;
    }
    const list = name.tag === 0x82 ? dnsNames : name.tag === 0x86 ? uris : name.tag === 0x81 ? emailAddresses : null;
    if (list === null) continue;
    const text = asciiText(der, name);
    if (text === null) readable = false;
    else list.push(text);
  }
  Object.assign(facts, { dnsNames, ipAddresses, uris, emailAddresses });
  return readable;
};

const readKeyUsage: Reader = (der, value, facts) => {
  const bits = bitsOf(der, value);
  if (bits === null) return false;
  facts.keyUsage = bits.flatMap((bit) => KEY_USAGES[bit] ?? []);
  return true;
};

const readExtendedKeyUsage: Reader = (der, value, facts) => {
  const purposes = sequence(der, value);
  if (purposes === null || purposes.some((purpose) => purpose.tag !== TAG.oid)) return false;
  facts.extendedKeyUsage = purposes.map(
    (purpose) => PURPOSES[contentsHex(der, purpose)] ?? dottedOid(contentsOf(der, purpose)),
  );
  return true;
};

const readAuthorityKeyId: Reader = (der, value, facts, critical) => {
  const parts = sequence(der, value);
  if (parts === null || critical) return false;
  facts.authorityKeyId = parts[0]?.tag === 0x80 ? contentsHex(der, parts[0]) : null;
  return true;
};

const readSubjectKeyId: Reader = (der, value, facts, critical) => {
  if (value.tag !== TAG.octetString || critical) return false;
  facts.subjectKeyId = contentsHex(der, value);
  return true;
};

const readAuthorityInfo: Reader = (der, value, facts, critical) => {
  const descriptions = sequence(der, value);
  if (descriptions === null || critical) return false;
  const caIssuers: string[] = [];
  for (const description of descriptions) {
    const [method, location] = sequence(der, description) ?? [];
    if (method?.tag !== TAG.oid) return false;
    if (contentsHex(der, method) !== CA_ISSUERS || location?.tag !== 0x86) continue;
    caIssuers.push(asciiText(der, location) ?? '');
  }
  facts.caIssuers = caIssuers;
  return true;
};

const READERS: Readonly<Record<string, Reader>> = {
  '551d13': readBasicConstraints,
  '551d11': readSubjectAltName,
  '551d0f': readKeyUsage,
  '551d25': readExtendedKeyUsage,
  '551d23': readAuthorityKeyId,
  '551d0e': readSubjectKeyId,
  '2b06010505070101': readAuthorityInfo,
};

/** Facts of a certificate without extensions. */
export const NO_EXTENSIONS: ExtensionFacts = {
  isCa: false,
  pathLength: null,
  hasSubjectAltName: false,
  dnsNames: [],
  ipAddresses: [],
  uris: [],
  emailAddresses: [],
  keyUsage: null,
  extendedKeyUsage: null,
  authorityKeyId: null,
  subjectKeyId: null,
  caIssuers: [],
  unreadable: null,
};

/**
 * Returns what the extensions in a SEQUENCE OF Extension say (RFC 5280 section 4.2), or null when it is none.
 * An extension with contents against its definition is named in `unreadable` and otherwise left out.
 */
export function readExtensions(der: Uint8Array, list: DerElement): ExtensionFacts | null {
  const extensions = sequence(der, list);
  if (extensions === null) return null;
  const facts: Facts = { ...NO_EXTENSIONS };
  const seen = new Set<string>();
  for (const extension of extensions) {
    const parts = sequence(der, extension);
    const [type, second] = parts ?? [];
    if (type === undefined || second === undefined || !isOid(der, type)) return null;
    const hasCritical = second.tag === TAG.boolean;
    const octets = hasCritical ? parts![2] : second;
    if (octets?.tag !== TAG.octetString || parts!.length !== (hasCritical ? 3 : 2)) return null;
    if (hasCritical && second.end - second.contents !== 1) return null;
    const critical = hasCritical ? booleanOf(der, second) : false;
    const oid = contentsHex(der, type);
    const reader = READERS[oid];
    const value = reader === undefined ? null : readElement(der, octets.contents, octets.end);
    const read = reader === undefined || (value !== null && reader(der, value, facts, critical ?? true));
    if (!read || critical === null || seen.has(oid)) facts.unreadable ??= dottedOid(contentsOf(der, type));
    seen.add(oid);
  }
  return facts;
}

/** Returns the authority key identifier among the extensions that an element holds, or null. */
export function authorityKeyIdOf(der: Uint8Array, holder: DerElement): string | null {
  const list = readElement(der, holder.contents, holder.end);
  return list === null ? null : (readExtensions(der, list)?.authorityKeyId ?? null);
}

/** Returns four or sixteen octets as the text of an IP address, or null for any other number. */
export function ipText(octets: Uint8Array): string | null {
  if (octets.length === 4) return octets.join('.');
  if (octets.length !== 16) return null;
  const groups = [...Array(8).keys()].map((i) => ((octets[2 * i]! << 8) | octets[2 * i + 1]!).toString(16));
  // RFC 5952: the first of the longest runs of two or more zero groups is written `::`.
  let longest = { from: -1, length: 1 };
  for (let from = 0; from < 8; from++) {
    let length = 0;
    while (groups[from + length] === '0') length++;
    if (length > longest.length) longest = { from, length };
  }
  if (longest.from < 0) return groups.join(':');
  return `${groups.slice(0, longest.from).join(':')}::${groups.slice(longest.from + longest.length).join(':')}`;
}
