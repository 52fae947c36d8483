import { readElement } from './der.ts';
import { bufferOf, decodeBase64 } from './pem.ts';
import type { BrokenBecause } from './pem-envoy.ts';

/**
 * What is wrong with a field that should hold PEM, as its author would name it. `block` counts BEGIN lines from 1.
 * Each makes Envoy refuse the field, or (`bom`, `indented`, `glued`, `one-line` before a good block) overlook a block.
 */
export type PemDefect =
  | { readonly kind: 'empty' }
  | { readonly kind: 'der' | 'pfx' | 'base64-twice' | 'no-armour' | 'utf-16' | 'no-block' }
  | { readonly kind: 'only-key' | 'only-certificate' }
  | { readonly kind: 'other-label'; readonly label: string }
  | {
      readonly kind: 'bom' | 'indented' | 'glued' | 'literal-newlines' | 'one-line' | 'truncated' | 'not-at-line-start';
      readonly block: number;
    }
  | { readonly kind: 'broken-block'; readonly block: number; readonly because: BlockDefect };

export type BlockDefect = BrokenBecause | 'headers' | 'not-a-certificate' | 'not-a-crl' | 'not-a-key';

const BEGIN = '-----BEGIN ';
const END = '-----END ';

/** Returns the offsets of every `-----BEGIN `, wherever it stands. */
export function beginMarks(bytes: Uint8Array): readonly number[] {
  const buffer = bufferOf(bytes);
  const marks: number[] = [];
  for (let at = buffer.indexOf(BEGIN); at >= 0; at = buffer.indexOf(BEGIN, at + BEGIN.length)) marks.push(at);
  return marks;
}

/** Returns what is wrong with a field in which Envoy finds no BEGIN line at all and no hidden one either. */
export function withoutBlocks(bytes: Uint8Array): PemDefect {
  const buffer = bufferOf(bytes);
  if (buffer.length === 0) return { kind: 'empty' };
  if ((buffer[0] === 0xff && buffer[1] === 0xfe) || (buffer[0] === 0xfe && buffer[1] === 0xff))
    return { kind: 'utf-16' };
  if (buffer[0] === 0x2d && buffer[1] === 0 && buffer[2] === 0x2d) return { kind: 'utf-16' };
  const binary = binaryKind(buffer);
  if (binary !== null) return { kind: binary };
  const inner = decodeBase64(buffer.toString('latin1').replace(/\s+/g, ''));
  if (inner === null || inner.length === 0) return { kind: 'no-block' };
  if (bufferOf(inner).indexOf(BEGIN) >= 0) return { kind: 'base64-twice' };
  return { kind: binaryKind(inner) === null ? 'no-block' : 'no-armour' };
}

/** A DER SEQUENCE that fills the bytes; a PFX is one that begins with version 3 (RFC 7292). */
function binaryKind(bytes: Uint8Array): 'der' | 'pfx' | null {
  // PFX files of some tools use BER's indefinite length.
  if (bytes[0] === 0x30 && bytes[1] === 0x80 && bytes[2] === 2 && bytes[3] === 1 && bytes[4] === 3) return 'pfx';
  const outer = bytes[0] === 0x30 ? readElement(bytes, 0, bytes.length) : null;
  if (outer === null || outer.end + 2 < bytes.length) return null;
  const version = readElement(bytes, outer.contents, outer.end);
  const isThree = version?.tag === 2 && version.end - version.contents === 1 && bytes[version.contents] === 3;
  return isThree && bytes[version.end] === 0x30 ? 'pfx' : 'der';
}

/** Returns why the BEGIN at `mark` is no line of its own for Envoy, or null when it is one. */
export function hiddenMark(bytes: Uint8Array, mark: number, block: number): PemDefect | null {
  const buffer = bufferOf(bytes);
  const lineStart = mark === 0 ? 0 : buffer.lastIndexOf(0x0a, mark - 1) + 1;
  const newline = buffer.indexOf(0x0a, mark);
  const before = buffer.toString('latin1', Math.max(lineStart, mark - 300), mark);
  const after = buffer.toString('latin1', mark, Math.min(newline < 0 ? buffer.length : newline, mark + 300));
  if (before === '\u00ef\u00bb\u00bf' && lineStart === 0) return { kind: 'bom', block };
  if (before.includes('\\n') || /^-----BEGIN [^-]*-----(?:\\r)?\\n/.test(after))
    return { kind: 'literal-newlines', block };
  if (/-----END [^-]*-----\s*$/.test(before)) return { kind: /\s$/.test(before) ? 'one-line' : 'glued', block };
  if (/^-----BEGIN [^-]*-----[ \t]*[A-Za-z0-9+/]/.test(after)) return { kind: 'one-line', block };
  if (before === '') return null;
  return { kind: /^[ \t]+$/.test(before) ? 'indented' : 'not-at-line-start', block };
}

/** Returns why Envoy finds the block that begins at `at` broken. */
export function brokenBlock(bytes: Uint8Array, at: number, block: number, because: BrokenBecause): PemDefect {
  const buffer = bufferOf(bytes);
  const hidden = hiddenMark(bytes, at, block);
  if (hidden !== null) return hidden;
  const nextBegin = buffer.indexOf(BEGIN, at + BEGIN.length);
  const until = nextBegin < 0 ? buffer.length : nextBegin;
  const end = buffer.subarray(at, until).indexOf(END);
  if (end < 0) return { kind: 'truncated', block };
  const lineStart = buffer.lastIndexOf(0x0a, at + end) + 1;
  const indent = buffer.toString('latin1', lineStart, at + end);
  if (/^[ \t]+$/.test(indent)) return { kind: 'indented', block };
  if (because === 'bad-end-line' && nextBegin >= 0 && !buffer.subarray(at + end, nextBegin).includes(0x0a)) {
    return { kind: 'glued', block };
  }
  return { kind: 'broken-block', block, because };
}
