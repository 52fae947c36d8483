import { bufferOf, decodeBase64, type PemBlock } from './pem.ts';

/** Why BoringSSL gives up on a block; what it says about it is in key-pair.ts. */
export type BrokenBecause = 'bad-end-line' | 'bad-base64' | 'empty';

/** What BoringSSL's PEM reader meets next: a block, something broken (it stops there), or no further BEGIN line. */
export type PemStep =
  | { readonly kind: 'block'; readonly block: PemBlock; readonly next: number }
  | { readonly kind: 'broken'; readonly because: BrokenBecause; readonly label: string; readonly at: number }
  | { readonly kind: 'end' };

/** BoringSSL reads lines into a buffer of 254 bytes; longer ones arrive in pieces. */
const LINE = 253;
/** A full line of base64 with its newline; after headers no line may be longer, and a shorter one is the last. */
const FULL_LINE = 65;
const NEWLINE = 0x0a;
const DASH = 0x2d;
const BEGIN = '-----BEGIN ';

interface Line {
  /** Without trailing blanks, control characters and, as BoringSSL compares signed characters, bytes above 7F. */
  readonly text: string;
  readonly next: number;
}

function lineAt(buffer: Buffer, at: number): Line | null {
  if (at >= buffer.length) return null;
  const limit = Math.min(at + LINE, buffer.length);
  let next = at;
  while (next < limit && buffer[next] !== NEWLINE) next++;
  if (next < limit) next++;
  let end = next;
  while (end > at && (buffer[end - 1]! <= 0x20 || buffer[end - 1]! >= 0x80)) end--;
  return { text: buffer.toString('latin1', at, end), next };
}

/** The next BEGIN line: at the beginning of a line, or of a piece of a long one. */
function beginLine(
  buffer: Buffer,
  at: number,
): { readonly label: string; readonly begin: number; readonly line: Line } | null {
  let lineStart = at;
  for (let searched = at; ; ) {
    const begin = buffer.indexOf(BEGIN, searched);
    if (begin < 0) return null;
    const newline = buffer.subarray(searched, begin).lastIndexOf(NEWLINE);
    if (newline >= 0) lineStart = searched + newline + 1;
    const line = (begin - lineStart) % LINE === 0 ? lineAt(buffer, begin) : null;
    const label = line === null ? null : labelOf(line.text);
    if (line !== null && label !== null) return { label, begin, line };
    searched = begin + 1;
  }
}

/** The label of a BEGIN line, or null. A NUL ends the line for BoringSSL's comparison. */
function labelOf(text: string): string | null {
  if (text.includes('\0')) return null;
  return text.length >= 16 && text.endsWith('-----') ? text.slice(11, -5) : null;
}

/**
 * Returns the next PEM block from `at` on, as BoringSSL's PEM_read_bio finds it (symptoms.md 4.1; checked against
 * Envoy 1.38.3): lines that do not begin with `-----BEGIN ` are skipped, a begun block must be whole.
 */
export function nextBlockOfEnvoy(bytes: Uint8Array, at: number): PemStep {
  const buffer = bufferOf(bytes);
  const begun = beginLine(buffer, at);
  if (begun === null) return { kind: 'end' };
  const { label, begin, line } = begun;
  const plain = plainBlock(buffer, line.next, label);
  if (plain !== null)
    return { kind: 'block', block: { label, headers: '', der: plain.der, at: begin }, next: plain.next };
  const before: string[] = [];
  let current = lineAt(buffer, line.next);
  for (; current !== null && current.text !== ''; current = lineAt(buffer, current.next)) {
    if (current.text.startsWith('-----END ')) break;
    before.push(current.text);
  }
  const broken = (because: BrokenBecause): PemStep => ({ kind: 'broken', because, label, at: begin });
  if (current === null) return broken('bad-end-line');
  let headers = '';
  let body = before;
  if (current.text === '') {
    // A blank line makes everything before it headers.
    headers = before.map((text) => `${text}\n`).join('');
    const after = bodyAfterHeaders(buffer, current.next);
    if (after === null) return broken('bad-end-line');
    body = after.lines;
    current = after.end;
  }
  if (current.text !== `-----END ${label}-----`) return broken('bad-end-line');
  const der = decodeBase64(body.join('').replace(/[ \t\r\n]+/g, ''));
  if (der === null) return broken('bad-base64');
  if (der.length === 0) return broken('empty');
  return { kind: 'block', block: { label, headers, der, at: begin }, next: current.next };
}

/** What stands before the END line of nearly all blocks (RFC 7468): lines of 64 characters and a last one. */
const PLAIN_LINE = 64;
const PLAIN_BODY = /^[A-Za-z0-9+/\n]*[A-Za-z0-9+/]={0,2}$/;

/** A block that is written so, read as a whole; null for any other, which is read line by line. */
function plainBlock(
  buffer: Buffer,
  at: number,
  label: string,
): { readonly der: Uint8Array; readonly next: number } | null {
  // A plain body has no dash, so that no byte of a field is looked at twice.
  const end = buffer.indexOf(DASH, at) - 1;
  const text = end > at && buffer[end] === NEWLINE ? buffer.toString('latin1', at, end) : '';
  if (!PLAIN_BODY.test(text)) return null;
  let newlines = 0;
  for (let i = PLAIN_LINE; i < text.length; i += PLAIN_LINE + 1) {
    if (text.charCodeAt(i) !== NEWLINE) return null;
    newlines++;
  }
  const line = lineAt(buffer, end + 1);
  if (line?.text !== `-----END ${label}-----`) return null;
  // Any other newline makes it shorter than its length says.
  const der = Buffer.from(text, 'base64');
  const padding = text.endsWith('==') ? 2 : Number(text.endsWith('='));
  return (text.length - newlines) * 0.75 - padding === der.length ? { der, next: line.next } : null;
}

function bodyAfterHeaders(buffer: Buffer, at: number): { readonly lines: string[]; readonly end: Line } | null {
  const lines: string[] = [];
  for (let line = lineAt(buffer, at); line !== null; line = lineAt(buffer, line.next)) {
    if (line.text.startsWith('-----END ')) return { lines, end: line };
    const length = line.text.length + 1;
    if (length > FULL_LINE) return null;
    lines.push(line.text);
    if (length === FULL_LINE) continue;
    const end = lineAt(buffer, line.next);
    return end === null ? null : { lines, end };
  }
  return null;
}
