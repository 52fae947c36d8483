import { keyText, MERGE, plainScalar } from './yaml-dialect.ts';
import type { Entry, PositionNode } from './yaml-positions.ts';

/** What a YAML parser reports, in document order. Offsets count in the text; -1 for what has no text. */
export type NodeEvent =
  | { readonly kind: 'mapping' | 'sequence'; readonly start: number; readonly anchor: string | null }
  | {
      readonly kind: 'scalar';
      readonly start: number;
      readonly end: number;
      readonly anchor: string | null;
      readonly text: string;
      /** Without quotes and tag. */
      readonly plain: boolean;
    }
  | { readonly kind: 'alias'; readonly anchor: string }
  /** Closes the last mapping or sequence that is open. */
  | { readonly kind: 'close' };

const NOWHERE: PositionNode = { kind: 'scalar', start: -1, end: -1, text: '' };

/** The key's text as the values have it: `yes:` is the key "true". */
function textOfKey(event: NodeEvent | undefined, key: PositionNode): string | null {
  if (key.kind !== 'scalar') return '';
  if (event?.kind !== 'scalar' || !event.plain) return key.text;
  const value = plainScalar(event.text);
  return value === MERGE ? null : (keyText(value) ?? key.text);
}

/** Builds the positions of one document from its events. An alias leads to the node that its anchor names. */
export function treeOf(events: readonly NodeEvent[]): PositionNode {
  const anchors = new Map<string, { node: PositionNode }>();
  let next = 0;
  const isOpen = (): boolean => next < events.length && events[next]!.kind !== 'close';

  const nodeOf = (event: NodeEvent | undefined): PositionNode => {
    if (!event || event.kind === 'close') return NOWHERE;
    if (event.kind === 'alias') return anchors.get(event.anchor)?.node ?? NOWHERE;
    const { start } = event;
    if (event.kind === 'scalar') return { kind: 'scalar', start, end: event.end, text: event.text };
    let end = start + 1;
    const items: PositionNode[] = [];
    const entries: Entry[] = [];
    while (isOpen()) {
      const first = events[next];
      const child = node();
      if (event.kind === 'sequence') items.push(child);
      else entries.push({ key: textOfKey(first, child), keyStart: child.start, value: node() });
      const last = event.kind === 'sequence' ? child : entries.at(-1)!.value;
      end = Math.max(end, child.end, last.end);
    }
    next++;
    return event.kind === 'sequence'
      ? { kind: 'sequence', start, end, items }
      : { kind: 'mapping', start, end, entries };
  };
  const node = (): PositionNode => {
    const event = events[next++];
    // Set before the contents are read: the name may be given again inside, and means that from there on.
    const anchor = { node: NOWHERE };
    if (event && 'anchor' in event && event.anchor !== null && event.kind !== 'alias')
      anchors.set(event.anchor, anchor);
    anchor.node = nodeOf(event);
    return anchor.node;
  };
  return node();
}
