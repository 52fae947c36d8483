import { dump } from 'js-yaml';
import type { Obj } from './build.ts';

const hash = (text: string): number => [...text].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) >>> 0, 7);

const block = (o: Obj): string => dump(o, { noRefs: true, lineWidth: -1 });
const flow = (o: Obj): string => dump(o, { noRefs: true, flowLevel: 4, lineWidth: -1, indent: 4 });
const asList = (objects: readonly Obj[]): Obj => ({ apiVersion: 'v1', kind: 'List', items: objects });

const styles: readonly ((objects: readonly Obj[]) => string)[] = [
  (all) => all.map(block).join('---\n'),
  (all) => `# Source: platform/templates/all.yaml\n${all.map(flow).join('---\n# rendered\n')}---\n`,
  (all) => block(asList(all)),
  (all) => `---\n${all.map((o) => `${JSON.stringify(o)}\n`).join('---\n')}`,
  (all) => `${JSON.stringify(asList(all), null, 2)}\n`,
  (all) =>
    all
      .map((o) => dump(o, { noRefs: true, sortKeys: true, lineWidth: -1, quoteStyle: 'double', forceQuotes: true }))
      .join('...\n---   # next\n'),
  (all) => all.toReversed().map(block).join('\n---\n\n').replaceAll('\n', '\r\n'),
];

/** The objects as text, in one of the ways in which people and tools write them; the title decides which. */
export const write = (title: string, objects: readonly Obj[]): string =>
  styles[Number(process.env['STYLE'] ?? hash(title) % styles.length)]!(objects);
