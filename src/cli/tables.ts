import type { EnvoyConfig } from '../model/envoy-config.ts';
import type { Undecided } from '../model/finding.ts';
import { hideKeys } from '../model/key-text.ts';
import { append } from '../model/once.ts';
import { resourceText } from '../model/resource.ts';
import { workloadText } from '../model/workload.ts';
import { writtenText } from '../model/written-path.ts';
import { jsonText } from '../render/json.ts';
import { visible } from '../render/visible.ts';
import { yamlText } from '../render/yaml.ts';
import type { InternalError } from '../rules/run.ts';
import type { Surroundings } from './command.ts';
import { type ExitCode, stage } from './errors.ts';
import type { Output } from './output.ts';
import { complainOfBugs, complainOfUnread } from './problems.ts';
import type { Session } from './session.ts';
import { passBy } from './trail.ts';
import { verdict } from './verdict.ts';
import { chooseWorkloads } from './workload-choice.ts';

/** A table of which every gateway workload has one. */
export interface TableKind {
  readonly name: string;
  readonly text: (config: EnvoyConfig) => string | Promise<string>;
  readonly json: (configs: readonly EnvoyConfig[]) => unknown;
  /** What is not in the table, for stderr; '' when nothing is missing. */
  readonly note?: (config: EnvoyConfig) => string;
  /** What it says without knowing, for stderr, in every format; '' when it knows. */
  readonly unknown?: (config: EnvoyConfig) => string;
}

/** How a table is printed: `json` and `yaml` are one document for all workloads. */
export type TableFormat = 'text' | 'wide' | 'json' | 'yaml';

/** That istiod crashes on the input, so that there is no `what` for a gateway. */
export const crashText = (config: EnvoyConfig, place: NonNullable<EnvoyConfig['crash']>, what = 'table'): string =>
  visible(
    `error: no ${what} for ${workloadText(config.workload)}: istiod itself crashes on ${resourceText(place.resource.id)} ${writtenText(place.resource, place.path)}, and no gateway gets a configuration   gateway-crashes-istiod`,
  );

/** So many are asked for one reason: a mesh may lack the Secrets of thousands of servers. */
const MOST_QUESTIONS = 3;

/** What the input leaves open, after a table or beside JSON. */
export function undecidedNotes(
  questions: readonly Pick<Undecided, 'question' | 'because' | 'decides'>[],
  output: Output,
): void {
  const byReason = new Map<string, (typeof questions)[number][]>();
  for (const open of questions) append(byReason, open.because, open);
  for (const [because, all] of byReason)
    output.note(
      undecidedLines(because, all)
        .map((line) => visible(hideKeys(line)))
        .join('\n'),
    );
}

/** One question in one line; several as a list. */
function undecidedLines(because: string, all: readonly Pick<Undecided, 'question' | 'decides'>[]): string[] {
  const [first, ...others] = all;
  if (first !== undefined && others.length === 0)
    return [`note: undecided: ${first.question} Because ${because}. What decides it: ${first.decides.command}`];
  const commands = [...new Set(all.map(({ decides }) => decides.command))].slice(0, MOST_QUESTIONS);
  const shown = all.slice(0, MOST_QUESTIONS).map(({ question }) => `  ${question}`);
  const more = all.length - shown.length;
  return [
    `note: undecided, because ${because}:`,
    ...shown,
    ...(more > 0 ? [`  and ${more} more; kubectl tlsgw doctor asks all of them`] : []),
    ...commands.map((command) => `  decided by: ${command}`),
  ];
}

async function printText(configs: readonly EnvoyConfig[], kind: TableKind, output: Output): Promise<void> {
  const several = configs.length > 1;
  let printed = 0;
  for (const config of configs) {
    if (config.crash !== null) continue;
    const title = several ? `${visible(workloadText(config.workload))}:\n` : '';
    const table = await stage(`rendering ${kind.name}`, () => kind.text(config));
    await output.result(`${printed > 0 ? '\n' : ''}${title}${table}`);
    printed += 1;
    const note = kind.note?.(config) ?? '';
    output.note(note === '' ? '' : `${title}${note}`);
    const unknown = kind.unknown?.(config) ?? '';
    output.note(unknown === '' ? '' : `${title}${unknown}`);
    undecidedNotes(config.undecided, output);
  }
}

/** A value as JSON or YAML. */
export const dataText = (value: unknown, format: 'json' | 'yaml'): string =>
  format === 'json' ? jsonText(value, 2) : yamlText(value);

/** Prints one table per workload, with notes about what is not in it; returns the exit code. */
export async function printTables(
  session: Session,
  wanted: string | undefined,
  kind: TableKind,
  format: TableFormat,
  { output }: Surroundings,
): Promise<ExitCode> {
  const configs = chooseWorkloads(session.configs, wanted);
  passBy(format);
  if (configs.length === 0) output.note('note: the input holds no Gateway and no gateway pod');
  if (format === 'text' || format === 'wide') await printText(configs, kind, output);
  else {
    const whole = configs.filter((config) => config.crash === null);
    await output.result(await stage(`rendering ${kind.name}`, () => dataText(kind.json(whole), format)));
    for (const config of whole) {
      output.note(kind.unknown?.(config) ?? '');
      undecidedNotes(config.undecided, output);
    }
  }
  return tableVerdict(session, configs, output);
}

/** Reports what could not be read and where istiod crashes: 3 for the one, 1 for the other, 0 otherwise. */
export function tableVerdict(
  session: Session,
  configs: readonly EnvoyConfig[],
  output: Output,
  internalErrors: readonly InternalError[] = [],
): ExitCode {
  const unread = complainOfUnread(session, output);
  for (const config of configs) if (config.crash !== null) output.complaint(crashText(config, config.crash));
  complainOfBugs(internalErrors, output);
  const found = { errors: configs.filter((config) => config.crash !== null).length, warnings: 0, infos: 0 };
  return verdict({ found, problems: unread, internalErrors: internalErrors.length }, 'error');
}
