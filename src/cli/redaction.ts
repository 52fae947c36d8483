import { readChain } from '../x509/bundle.ts';
import { describeKey } from '../x509/key.ts';
import { withoutKeys } from '../x509/redact.ts';
import { readTrustFile } from '../x509/trust-file.ts';

const keyFields = new Set(['tls.key', 'key']);
const trustFields = new Set(['ca.crt', 'cacert', 'ca.crl', 'crl']);
const chainFields = new Set(['tls.crt', 'cert']);

/** Stands for content that says nothing about TLS. */
const REDACTED = 'redacted';

const MARKER = /-----(?:BEGIN|END) [A-Z0-9 ]{1,40}-----/g;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\r\n]+-----END CERTIFICATE-----/g;

const hidden = (text: string): string => text.replace(/[A-Za-z0-9+/]/g, 'A').replace(/[\x80-\xff]/g, 'A');

/** Text with its markers, white space and punctuation; every letter and digit between them becomes an A. */
function hiddenText(text: string): string {
  let shown = '';
  let from = 0;
  for (const { index, 0: marker } of text.matchAll(MARKER)) {
    shown += hidden(text.slice(from, index)) + marker;
    from = index + marker.length;
  }
  return shown + hidden(text.slice(from));
}

/** As hiddenText, but certificates that can be read by themselves stay. */
function hiddenAround(text: string): string {
  let shown = '';
  let from = 0;
  for (const { index, 0: block } of text.matchAll(CERTIFICATE)) {
    const clean = withoutKeys(Buffer.from(`${block}\n`));
    shown += hiddenText(text.slice(from, index)) + (clean === null ? hiddenText(block) : clean.trimEnd());
    from = index + block.length;
  }
  return shown + hiddenText(text.slice(from));
}

/** What stands in front of the bytes tells their form: a byte order mark, DER, UTF-16. */
function hiddenBytes(bytes: Buffer): Buffer {
  const marks = bytes[0] === 0xef ? 3 : bytes[0] === 0x30 ? 2 : bytes[0] === 0xfe || bytes[0] === 0xff ? 2 : 0;
  return Buffer.concat([bytes.subarray(0, marks), Buffer.alloc(Math.max(bytes.length - marks, 0), 0)]);
}

/**
 * A certificate field with a defect, as something with the same defect that holds none of its content. The defect may lie
 * in what must not be published: then a field stands there that has some other defect.
 */
function withDefect(bytes: Buffer, read: (pem: Uint8Array) => unknown): Buffer {
  const wanted = JSON.stringify(read(bytes));
  const text = bytes.toString('latin1');
  const bom = text.startsWith('\xef\xbb\xbf') ? '\xef\xbb\xbf' : '';
  const candidates = [
    Buffer.from(bom + hiddenAround(text.slice(bom.length)), 'latin1'),
    hiddenBytes(bytes),
    Buffer.from(REDACTED),
  ];
  return candidates.find((candidate) => JSON.stringify(read(candidate)) === wanted) ?? Buffer.from(REDACTED);
}

/** The content of one key of a Secret or ConfigMap as it may be published: what can be judged stays, no private key does. */
export function publishedField(field: string, bytes: Buffer): Buffer {
  if (bytes.length === 0) return bytes;
  if (keyFields.has(field)) return Buffer.from(describeKey(bytes));
  const clean = withoutKeys(bytes);
  if (clean !== null && clean !== '') return Buffer.from(clean);
  if (chainFields.has(field)) return withDefect(bytes, readChain);
  if (trustFields.has(field)) return withDefect(bytes, readTrustFile);
  return Buffer.from(REDACTED);
}
