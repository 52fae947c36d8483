/** One PEM block: its label, its header lines as one text, and what its base64 says. `at` is the offset of its BEGIN. */
export interface PemBlock {
  readonly label: string;
  readonly headers: string;
  readonly der: Uint8Array;
  readonly at: number;
}

/** Returns the same bytes as a Buffer, without a copy. */
export const bufferOf = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Returns what strictly padded base64 without blanks says, or null. */
export function decodeBase64(text: string): Uint8Array | null {
  return text.length % 4 === 0 && BASE64.test(text) ? Buffer.from(text, 'base64') : null;
}

const NEWLINE = 0x0a;
const BEGIN = '-----BEGIN ';
const END = '\n-----END ';

/** The line at `at` without trailing blanks, and where the next one begins. */
function lineAt(buffer: Buffer, at: number): { readonly line: string; readonly next: number } {
  const newline = buffer.indexOf(NEWLINE, at);
  let end = newline < 0 ? buffer.length : newline;
  const next = newline < 0 ? end : newline + 1;
  if (newline > at && buffer[newline - 1] === 0x0d) end--;
  while (end > at && (buffer[end - 1] === 0x20 || buffer[end - 1] === 0x09)) end--;
  return { line: buffer.toString('latin1', at, end), next };
}

/**
 * Returns the first PEM block as Go's encoding/pem finds it, or null: broken blocks before it are skipped, its label is
 * not looked at (facts H23, I12: all that istiod and istioctl look at; behaviour of Go 1.26).
 */
export function firstBlockOfGo(bytes: Uint8Array): PemBlock | null {
  const buffer = bufferOf(bytes);
  for (let from = 0; ; ) {
    const end = buffer.indexOf(END, from, 'latin1');
    if (end < 0) return null;
    const trailer = end + END.length;
    // The last BEGIN before that END: repeated BEGIN lines without an END are skipped.
    const begin = end === 0 ? -1 : buffer.subarray(from, end).lastIndexOf(BEGIN, undefined, 'latin1');
    const at = from + begin;
    const lineStart = begin === 0 || (begin > 0 && buffer[at - 1] === NEWLINE);
    const read = lineStart ? blockOfGo(buffer, at, end, trailer) : 'broken';
    if (read === 'nothing') return null;
    if (read !== 'broken') return read;
    from = trailer;
  }
}

function blockOfGo(buffer: Buffer, at: number, end: number, trailer: number): PemBlock | 'broken' | 'nothing' {
  const first = lineAt(buffer, at + BEGIN.length);
  if (!first.line.endsWith('-----')) return 'broken';
  const label = first.line.slice(0, -5);
  let body = first.next;
  const headersFrom = body;
  for (;;) {
    if (body >= buffer.length) return 'nothing';
    const { line, next } = lineAt(buffer, body);
    if (!line.includes(':')) break;
    body = next;
  }
  if (body > trailer) return 'nothing';
  if (body > headersFrom && body > end) return 'broken';
  const tail = lineAt(buffer, trailer).line;
  if (tail !== `${label}-----`) return 'broken';
  const text = body < end ? buffer.toString('latin1', body, end).replace(/[ \t\r\n]+/g, '') : '';
  const der = decodeBase64(text);
  if (der === null) return 'broken';
  return { label, headers: buffer.toString('latin1', headersFrom, body), der, at };
}
