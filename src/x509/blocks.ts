import { bufferOf, type PemBlock } from './pem.ts';
import { beginMarks, brokenBlock, hiddenMark, type PemDefect, withoutBlocks } from './pem-defect.ts';
import { type BrokenBecause, nextBlockOfEnvoy } from './pem-envoy.ts';

/** A block with its number: BEGIN lines counted from 1, hidden ones too. */
export interface NumberedBlock extends PemBlock {
  readonly number: number;
}

/** All blocks of a field as Envoy reads them, in order, up to the first broken one. */
export interface Blocks {
  readonly blocks: readonly NumberedBlock[];
  readonly broken: { readonly defect: PemDefect; readonly because: BrokenBecause } | null;
  /** A BEGIN that Envoy does not take for one, so that it overlooks what follows. */
  readonly overlooked: PemDefect | null;
  readonly overlookedAt: number | null;
}

/** Returns the blocks that Envoy reads from a field until one is broken (symptoms.md 4.1). */
export function blocksOfEnvoy(bytes: Uint8Array): Blocks {
  const marks = beginMarks(bytes);
  const blocks: NumberedBlock[] = [];
  let broken: Blocks['broken'] = null;
  /** How many marks have been passed, and the number of the first one that Envoy has not seen. */
  let passed = 0;
  let missed = 0;
  const passUntil = (offset: number): void => {
    while (passed < marks.length && marks[passed]! < offset) {
      passed++;
      missed ||= passed;
    }
  };
  for (let at = 0; ; ) {
    const step = nextBlockOfEnvoy(bytes, at);
    if (step.kind === 'end') {
      passUntil(bytes.length);
      break;
    }
    if (step.kind === 'broken') {
      passUntil(step.at);
      broken = { defect: brokenBlock(bytes, step.at, passed + 1, step.because), because: step.because };
      break;
    }
    passUntil(step.block.at);
    passed++;
    blocks.push({ ...step.block, number: passed });
    at = step.next;
  }
  const missedAt = marks[missed - 1] ?? null;
  const overlooked = missedAt === null ? null : hiddenMark(bytes, missedAt, missed);
  return { blocks, broken, overlooked, overlookedAt: overlooked === null ? null : missedAt };
}

/** Returns the defect of a field in which Envoy finds no block with a wanted label. */
export function withoutWanted(bytes: Uint8Array, read: Blocks): PemDefect {
  if (read.overlooked !== null) return read.overlooked;
  const labels = read.blocks.map((block) => block.label);
  if (labels.length === 0) return withoutBlocks(bufferOf(bytes));
  if (labels.some((label) => label.endsWith('PRIVATE KEY'))) return { kind: 'only-key' };
  if (labels.some((label) => label.endsWith('CERTIFICATE'))) return { kind: 'only-certificate' };
  // A label comes from the file and may be anything, part of a key too.
  return { kind: 'other-label', label: /^[A-Z][A-Z0-9 ]{0,30}$/.test(labels[0]!) ? labels[0]! : '' };
}
