import pkg from '../../package.json' with { type: 'json' };
import { yamlText } from '../render/yaml.ts';
import { snapshotObjects } from '../sources/snapshot-objects.ts';
import { parseValue } from '../sources/yaml.ts';
import type { Surroundings } from './command.ts';
import { stage } from './errors.ts';
import { type LiveFlags, readLive } from './live.ts';
import { publishedField } from './redaction.ts';

/** Text that is no YAML says nothing. */
function parse(text: string): unknown {
  try {
    return parseValue(text);
  } catch {
    return null;
  }
}

const header = (objects: number): string =>
  `# Snapshot of a cluster by kubectl tlsgw: ${objects} objects. Private keys are replaced by what can be judged about them.\n`;

/** Prints what doctor would read of the cluster as YAML that may be shown to others. */
export async function printSnapshot(flags: LiveFlags, around: Surroundings): Promise<void> {
  const live = await stage('reading the cluster', () => readLive(flags, parse, around));
  for (const note of live.documents.notes) around.output.note(`note: ${note}`);
  const { gaps, access, istiodVersions } = live;
  const head = {
    takenAt: new Date().toISOString(),
    tool: `${pkg.name} ${pkg.version}`,
    istioNamespace: flags['istio-namespace'],
    istiodVersions,
    gaps,
    access,
  };
  const objects = await stage('redacting', () =>
    snapshotObjects(live.documents.documents, head, publishedField, parse),
  );
  // Piece by piece: a big cluster is a long text.
  await around.output.result(header(objects.length - 1) + yamlText(objects[0]));
  for (let i = 1; i < objects.length; i += 500) {
    const part = objects.slice(i, i + 500).map((object) => `---\n${yamlText(object)}`);
    await around.output.result(part.join(''));
  }
  for (const gap of gaps) around.output.note(`note: not in the snapshot: ${gap.because}`);
}
