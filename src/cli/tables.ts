import type { EnvoyConfig } from '../model/envoy-config.ts';
import { pathText } from '../model/location.ts';
import { resourceText } from '../model/resource.ts';
import { workloadText } from '../model/workload.ts';
import { type ConfigPart, tableJson } from '../render/config-json.ts';
import { dropNote } from '../render/drop-note.ts';
import { jsonText } from '../render/json.ts';
import type { TableOptions } from '../render/table-options.ts';
import { visible } from '../render/visible.ts';
import { yamlText } from '../render/yaml.ts';
import type { Surroundings } from './command.ts';
import { type ExitCode, stage } from './errors.ts';
import type { Output } from './output.ts';
import { problemText } from './problems.ts';
import type { Session } from './session.ts';
import { passBy } from './trail.ts';
import { verdict } from './verdict.ts';
import { chooseWorkloads } from './workload-choice.ts';

/** One of istioctl's tables. */
export interface TableKind {
  readonly part: ConfigPart;
  readonly table: (config: EnvoyConfig, options: TableOptions) => string;
}

type TableFlags = Omit<TableOptions, 'now'> & {
  readonly now?: Date | undefined;
  readonly output: 'text' | 'json' | 'yaml';
};

const crashText = (config: EnvoyConfig, place: NonNullable<EnvoyConfig['crash']>): string =>
  visible(
    `error: no table for ${workloadText(config.workload)}: istiod itself crashes on ${resourceText(place.resource.id)} ${pathText(place.path)}, and no gateway gets a configuration   gateway-crashes-istiod`,
  );

/** What the input leaves open, after a table or beside JSON. */
function undecidedNotes(config: EnvoyConfig, output: Output): void {
  for (const { question, because, decides } of config.undecided) {
    output.note(visible(`note: undecided: ${question} Because ${because}. What decides it: ${decides.command}`));
  }
}

async function printText(configs: readonly EnvoyConfig[], kind: TableKind, options: TableOptions, output: Output) {
  const several = configs.length > 1;
  let printed = 0;
  for (const config of configs) {
    if (config.crash !== null) {
      output.complaint(crashText(config, config.crash));
      continue;
    }
    const table = await stage(`rendering ${kind.part}`, () => kind.table(config, options));
    const title = several ? `${visible(workloadText(config.workload))}:\n` : '';
    await output.result(`${printed > 0 ? '\n' : ''}${title}${table}`);
    printed += 1;
    const note = kind.part === 'secrets' ? '' : dropNote(config.drops, kind.part);
    output.note(several && note !== '' ? `${title}${note}` : note);
    undecidedNotes(config, output);
  }
}

/** Prints one table per workload, with notes about what is not in it; returns the exit code. */
export async function printTables(
  session: Session,
  wanted: string | undefined,
  kind: TableKind,
  flags: TableFlags,
  { output }: Surroundings,
): Promise<ExitCode> {
  const configs = chooseWorkloads(session.configs, wanted);
  const options: TableOptions = { ...flags, now: flags.now ?? new Date() };
  if (configs.length === 0) output.note('note: the input holds no Gateway and no gateway pod');
  if (flags.output === 'text') await printText(configs, kind, options, output);
  else {
    for (const config of configs) if (config.crash !== null) output.complaint(crashText(config, config.crash));
    const value = tableJson(
      kind.part,
      configs.filter((c) => c.crash === null),
      options,
    );
    await output.result(flags.output === 'json' ? jsonText(value, 2) : yamlText(value));
    for (const config of configs) undecidedNotes(config, output);
  }
  passBy(flags.output);
  return tableVerdict(session, configs, output);
}

/** 3 for unreadable input, 1 where istiod crashes, 0 otherwise. */
export function tableVerdict(session: Session, configs: readonly EnvoyConfig[], output: Output): ExitCode {
  const { problems } = session.documents;
  for (const problem of problems) output.complaint(problemText(problem));
  const findings = configs.some((config) => config.crash !== null) ? [{ severity: 'error' as const }] : [];
  return verdict({ findings, problems: problems.length, internalErrors: 0 }, 'error');
}
