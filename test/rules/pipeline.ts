import { readFileSync } from 'node:fs';
import { assumedWorkloads } from '../../src/cli/assumed-workloads.ts';
import { compile } from '../../src/istio/compile.ts';
import { buildView } from '../../src/model/decode.ts';
import { expand, now } from '../../src/pages/expand.ts';
import type { Example } from '../../src/pages/page.ts';
import { judge } from '../../src/rules/run.ts';
import { parseText, parseValue } from '../../src/sources/yaml.ts';
import type { Outcome } from './compare.ts';
import { pagesFolder } from './page.ts';

const preludes = new Map<string, string>();

function prelude(name: string): string {
  const text = preludes.get(name) ?? expand(readFileSync(new URL(`preludes/${name}.yaml`, pagesFolder), 'utf8'));
  preludes.set(name, text);
  return text;
}

/** Runs one example through the whole pipeline, as `lint` would with the example and its preludes as files. */
export function run(example: Example): Outcome & { readonly problems: readonly string[] } {
  const file = 'example.yaml';
  const texts = [{ file, text: expand(example.yaml) }];
  for (const name of example.preludes) texts.push({ file: `${name}.yaml`, text: prelude(name) });
  const parsed = texts.map(({ file, text }) => parseText(text, file));
  const decoded = buildView(
    parsed.flatMap((p) => p.documents),
    { source: 'files', complete: example.complete, defaultNamespace: 'default', parseMesh: parseValue },
  );
  const workloads = decoded.workloads.length > 0 ? decoded.workloads : assumedWorkloads(decoded.gateways);
  const view = { ...decoded, workloads };
  const configs = compile(view);
  const { findings, undecided, internalErrors } = judge({ view, configs, now, settings: { expiringWithinDays: 30 } });
  const starts = new Map(
    [...view.others.values()]
      .flat()
      .map((r) => [`${r.id.kind} ${r.id.namespace}/${r.id.name}`, r.origin.locate([])?.line]),
  );
  return {
    file,
    findings,
    undecided: undecided.map((u) => ({
      ...u,
      line: u.resource ? (starts.get(`${u.resource.kind} ${u.resource.namespace}/${u.resource.name}`) ?? null) : null,
    })),
    problems: [
      ...parsed.flatMap((p) => p.problems.map((problem) => `${problem.file}:${problem.line}: ${problem.message}`)),
      ...internalErrors.map((e) => `internal error in ${e.rule}: ${e.stack}`),
    ],
  };
}
