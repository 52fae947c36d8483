import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/**
 * Certificates for examples and tests, written byte by byte so that broken and unusual ones can be made too.
 * Keys are only reachable through functions: a failing assertion prints objects, and must not print keys.
 */
export type KeyKind = 'rsa1024' | 'rsa2048' | 'p224' | 'p256' | 'p384' | 'p521' | 'secp256k1' | 'ed25519';

export interface Made {
  readonly der: Buffer;
  readonly pem: string;
  readonly bytes: Buffer;
  readonly cn: string | null;
  readonly name: Buffer;
  readonly keyObject: () => KeyObject;
  /** PKCS#8. */
  readonly key: () => Buffer;
  /** PKCS#1 or SEC 1. */
  readonly traditionalKey: () => Buffer;
  readonly encryptedKey: () => Buffer;
  readonly encryptedTraditionalKey: () => Buffer;
}

export interface CertificateOptions {
  readonly cn?: string | null;
  readonly organization?: string;
  readonly ca?: Made;
  readonly key?: KeyKind;
  /** The same slot and kind give the same key; without a slot RSA keys are shared and all others are new. */
  readonly slot?: string;
  readonly serial?: string;
  readonly notBefore?: string;
  readonly notAfter?: string;
  readonly sans?: readonly string[];
  readonly ips?: readonly string[];
  readonly uris?: readonly string[];
  readonly eku?: readonly ('serverAuth' | 'clientAuth')[];
  readonly keyUsage?: readonly number[] | null;
  readonly aia?: string;
  readonly hash?: 'sha1' | 'sha256';
  readonly isCa?: boolean;
  readonly version?: 1 | 3;
  readonly keyIds?: boolean;
}

const tlv = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts);
  const length =
    body.length < 128
      ? [body.length]
      : body.length < 256
        ? [0x81, body.length]
        : [0x82, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};
const seq = (...parts: readonly Uint8Array[]): Buffer => tlv(0x30, ...parts);
const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const oid = (text: string): Buffer => tlv(6, hex(text));
const octets = (bytes: Uint8Array): Buffer => tlv(4, bytes);
const bits = (bytes: Uint8Array): Buffer => tlv(3, Buffer.of(0), bytes);
const utf8 = (text: string): Buffer => tlv(0x0c, Buffer.from(text));

const integer = (digits: string): Buffer => {
  const even = digits.length % 2 === 0 ? digits : `0${digits}`;
  return tlv(2, hex(Number.parseInt(even.slice(0, 2), 16) >= 0x80 ? `00${even}` : even));
};

const time = (iso: string): Buffer => {
  const text = new Date(iso).toISOString().replace(/[-:T]|\.\d+/g, '');
  const isShort = text >= '1950' && text < '2050';
  return isShort ? tlv(0x17, Buffer.from(text.slice(2))) : tlv(0x18, Buffer.from(text));
};

const nameOf = (cn: string | null, organization?: string): Buffer =>
  seq(
    ...(organization === undefined ? [] : [tlv(0x31, seq(oid('55040a'), utf8(organization)))]),
    ...(cn === null ? [] : [tlv(0x31, seq(oid('550403'), utf8(cn)))]),
  );

const extension = (id: string, value: Buffer, critical = false): Buffer =>
  seq(oid(id), ...(critical ? [hex('0101ff')] : []), octets(value));

export const pemOf = (label: string, der: Uint8Array): string =>
  `-----BEGIN ${label}-----\n${Buffer.from(der)
    .toString('base64')
    .replace(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`;

export const derOf = (pem: string | Uint8Array): Buffer =>
  Buffer.from(
    Buffer.from(pem)
      .toString('latin1')
      .replace(/-----[^-]+-----|\s/g, ''),
    'base64',
  );

const keys = new Map<string, KeyObject>();

function keyOf(kind: KeyKind, slot: string | undefined): KeyObject {
  const name = `${kind}/${slot ?? ''}`;
  const isShared = slot !== undefined || kind.startsWith('rsa');
  const before = isShared ? keys.get(name) : undefined;
  if (before !== undefined) return before;
  const made = newKey(kind);
  if (isShared) keys.set(name, made);
  return made;
}

const CURVE_NAMES = { p224: 'secp224r1', p256: 'P-256', p384: 'P-384', p521: 'P-521', secp256k1: 'secp256k1' } as const;

function newKey(kind: KeyKind): KeyObject {
  if (kind === 'rsa1024' || kind === 'rsa2048') {
    return generateKeyPairSync('rsa', { modulusLength: Number(kind.slice(3)) }).privateKey;
  }
  if (kind === 'ed25519') return generateKeyPairSync('ed25519').privateKey;
  return generateKeyPairSync('ec', { namedCurve: CURVE_NAMES[kind] }).privateKey;
}

const spkiOf = (key: KeyObject): Buffer => createPublicKey(key).export({ type: 'spki', format: 'der' });

function signatureAlgorithm(key: KeyObject, hash: 'sha1' | 'sha256'): Buffer {
  if (key.asymmetricKeyType === 'ed25519') return seq(oid('2b6570'));
  if (key.asymmetricKeyType === 'ec') return seq(oid(hash === 'sha1' ? '2a8648ce3d0401' : '2a8648ce3d040302'));
  return seq(oid(hash === 'sha1' ? '2a864886f70d010105' : '2a864886f70d01010b'), hex('0500'));
}

const signed = (body: Buffer, key: KeyObject, hash: 'sha1' | 'sha256'): Buffer => {
  const algorithm = signatureAlgorithm(key, hash);
  return seq(body, algorithm, bits(sign(key.asymmetricKeyType === 'ed25519' ? null : hash, body, key)));
};

const keyId = (key: KeyObject): Buffer => createHash('sha1').update(spkiOf(key)).digest();

const ipOctets = (ip: string): Buffer => {
  if (!ip.includes(':')) return Buffer.from(ip.split('.').map(Number));
  const [head = '', tail = ''] = ip.split('::');
  const groups = (text: string): string[] =>
    text === '' ? [] : text.split(':').map((group) => group.padStart(4, '0'));
  return hex(
    groups(head)
      .join('')
      .padEnd(32 - groups(tail).length * 4, '0') + groups(tail).join(''),
  );
};

function extensionsOf(options: CertificateOptions, key: KeyObject, issuerKey: KeyObject): readonly Buffer[] {
  const { isCa = false, sans = [], ips = [], uris = [], eku, aia, keyUsage = null, keyIds = true } = options;
  const list: Buffer[] = [];
  if (isCa) list.push(extension('551d13', seq(hex('0101ff')), true));
  if (keyUsage !== null) {
    const byte = keyUsage.reduce((sum, bit) => sum | (0x80 >> bit), 0);
    const unused = keyUsage.length === 0 ? 0 : 7 - Math.max(...keyUsage);
    list.push(extension('551d0f', tlv(3, Buffer.from(keyUsage.length === 0 ? [0] : [unused, byte])), true));
  }
  if (sans.length + ips.length + uris.length > 0) {
    const names = [
      ...sans.map((name) => tlv(0x82, Buffer.from(name, 'latin1'))),
      ...ips.map((ip) => tlv(0x87, ipOctets(ip))),
      ...uris.map((uri) => tlv(0x86, Buffer.from(uri))),
    ];
    list.push(extension('551d11', seq(...names)));
  }
  if (eku !== undefined) {
    const ids = eku.map((purpose) => oid(purpose === 'serverAuth' ? '2b06010505070301' : '2b06010505070302'));
    list.push(extension('551d25', seq(...ids)));
  }
  if (aia !== undefined) {
    list.push(extension('2b06010505070101', seq(seq(oid('2b06010505073002'), tlv(0x86, Buffer.from(aia))))));
  }
  if (keyIds) {
    list.push(extension('551d0e', octets(keyId(key))), extension('551d23', seq(tlv(0x80, keyId(issuerKey)))));
  }
  return list;
}

let serials = 0x3000;

/** Makes a certificate and its key: self-signed, or signed by `ca`. Valid in 2026 and 2027 unless told otherwise. */
export function makeLeaf(options: CertificateOptions = {}): Made {
  const { cn = 'leaf.example.com', organization, ca, hash = 'sha256', version = 3 } = options;
  const key = keyOf(options.key ?? 'p256', options.slot);
  const issuerKey = ca?.keyObject() ?? key;
  const name = nameOf(cn, organization);
  serials += 1;
  const body = seq(
    ...(version === 3 ? [hex('a003020102')] : []),
    integer(options.serial ?? serials.toString(16)),
    signatureAlgorithm(issuerKey, hash),
    ca?.name ?? name,
    seq(time(options.notBefore ?? '2026-01-01'), time(options.notAfter ?? '2028-01-01')),
    name,
    spkiOf(key),
    ...(version === 3 ? [tlv(0xa3, seq(...extensionsOf(options, key, issuerKey)))] : []),
  );
  return madeOf(signed(body, issuerKey, hash), cn, name, key);
}

/** Makes a certificate authority: a root, or an intermediate below `ca`. */
export const makeCa = (options: CertificateOptions = {}): Made =>
  makeLeaf({ cn: 'test root', isCa: true, keyUsage: [5, 6], ...options });

/** Makes the PEM of a revocation list. */
export function makeCrl(options: {
  readonly ca: Made;
  readonly thisUpdate?: string;
  readonly nextUpdate?: string | null;
  readonly revoked?: readonly string[];
}): Buffer {
  const { ca, thisUpdate = '2026-01-01', nextUpdate = '2028-01-01', revoked = [] } = options;
  const key = ca.keyObject();
  const body = seq(
    hex('020101'),
    signatureAlgorithm(key, 'sha256'),
    ca.name,
    time(thisUpdate),
    ...(nextUpdate === null ? [] : [time(nextUpdate)]),
    ...(revoked.length === 0 ? [] : [seq(...revoked.map((serial) => seq(integer(serial), time(thisUpdate))))]),
    tlv(0xa0, seq(extension('551d23', seq(tlv(0x80, keyId(key)))), extension('551d14', hex('020101')))),
  );
  return Buffer.from(pemOf('X509 CRL', signed(body, key, 'sha256')));
}

function madeOf(der: Buffer, cn: string | null, name: Buffer, key: KeyObject): Made {
  const pem = pemOf('CERTIFICATE', der);
  const isRsa = key.asymmetricKeyType === 'rsa';
  const traditional = isRsa ? 'pkcs1' : key.asymmetricKeyType === 'ec' ? 'sec1' : 'pkcs8';
  const secret = { cipher: 'aes-256-cbc', passphrase: 'test' } as const;
  const text = (value: string | Buffer): Buffer => Buffer.from(value);
  return {
    der,
    pem,
    bytes: Buffer.from(pem),
    cn,
    name,
    keyObject: () => key,
    key: () => text(key.export({ type: 'pkcs8', format: 'pem' })),
    traditionalKey: () => text(key.export({ type: traditional, format: 'pem' })),
    encryptedKey: () => text(key.export({ type: 'pkcs8', format: 'pem', ...secret })),
    encryptedTraditionalKey: () => text(key.export({ type: traditional, format: 'pem', ...secret })),
  };
}
