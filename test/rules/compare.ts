import type { Finding, Undecided } from '../../src/model/finding.ts';
import type { Example, Marker } from '../../src/pages/page.ts';

/** What the pipeline said about one example. Locations outside the example's own text have another file. */
export interface Outcome {
  readonly file: string;
  readonly findings: readonly Finding[];
  readonly undecided: readonly (Undecided & { readonly line: number | null })[];
}

/**
 * Compares an example with its markers and returns what does not fit, in words. Errors and warnings of every rule must
 * be marked, infos and open questions only those of the page's own rule: so new rules of that kind break no pages.
 */
export function mismatches(id: string, example: Example, outcome: Outcome): string[] {
  const problems: string[] = [];
  const left = new Set(example.markers);
  const take = (fits: (marker: Marker) => boolean): boolean => {
    const found = [...left].find(fits);
    return found !== undefined && left.delete(found);
  };
  for (const finding of outcome.findings) {
    const { location, rule, severity, message } = finding;
    const here = location?.file === outcome.file;
    if (here && take((m) => m.says === severity && m.rule === rule && m.line === location.line)) continue;
    if (severity === 'info' && rule !== id) continue;
    const where = here ? `line ${location.line}` : `${location?.file ?? finding.resource.name}:${location?.line ?? ''}`;
    problems.push(`not marked: ${where}: ${severity}: ${rule}: ${message} (${finding.path})`);
  }
  for (const open of outcome.undecided) {
    if (open.rule === null) continue;
    if (take((m) => m.says === 'undecided' && m.rule === open.rule && inSameDocument(example, m.line, open.line)))
      continue;
    if (open.rule === id) problems.push(`not marked: undecided: ${open.rule}: ${open.question} (${open.because})`);
  }
  for (const marker of left) problems.push(`not found: line ${marker.line}: ${marker.says}: ${marker.rule}`);

  const own = example.markers.filter((m) => m.rule === id);
  const loud = example.markers.filter((m) => m.says === 'error' || m.says === 'warning');
  if (example.kind === 'Broken' && !own.some((m) => m.says !== 'undecided'))
    problems.push(`a broken example must mark a finding of ${id}`);
  if (example.kind !== 'Broken' && loud.length > 0) problems.push('only a broken example may have errors or warnings');
  if (example.kind === 'Undecided' && !own.some((m) => m.says === 'undecided'))
    problems.push(`an undecided example must mark "# undecided: ${id}"`);
  if ((example.kind === 'Fixed' || example.kind === 'Near miss') && own.length > 0) {
    problems.push(`a ${example.kind.toLowerCase()} example must be silent`);
  }
  return problems;
}

/** A question has no line of its own: its marker may stand anywhere in the object that it is about. */
function inSameDocument(example: Example, marker: number, question: number | null): boolean {
  if (question === null) return true;
  const document = (line: number) =>
    example.yaml
      .split('\n')
      .slice(0, line - 1)
      .filter((text) => text.trimEnd() === '---').length;
  return document(marker) === document(question);
}
