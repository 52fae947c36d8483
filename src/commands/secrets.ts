import { TlsgwCommand } from '../cli/command.ts';
import { clusterFlags, input, now, output, quiet, workloadArgument } from '../cli/flags.ts';
import { openSession } from '../cli/session.ts';
import { printTables, type TableKind } from '../cli/tables.ts';
import { tableJson } from '../render/config-json.ts';
import { secretsTable, unknownSecretsNote } from '../render/secrets-table.ts';

export default class Secrets extends TlsgwCommand {
  static override summary = 'The secret table of each gateway, as istioctl proxy-config secret would print it';
  static override description =
    "Only what istiod serves: the agent's own default and ROOTCA cannot be predicted. No key is ever printed.";
  static override usage = 'secrets [WORKLOAD] [flags]';
  static override examples = ['<%= config.bin %> secrets -f gateways/'];
  static override args = { workload: workloadArgument };
  static override flags = { output: output('text', 'json', 'yaml'), now, ...input, ...quiet, ...clusterFlags };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Secrets);
    const around = this.surroundings(flags);
    const session = await openSession(flags, around);
    const options = { now: flags.now ?? new Date() };
    const kind: TableKind = {
      name: 'secrets',
      text: (config) => secretsTable(config, options),
      json: (configs) => tableJson('secrets', configs, options),
      // Of assumed pods a note says it already.
      unknown: ({ workload, secrets }) => (workload.namespace === null ? '' : unknownSecretsNote(secrets)),
    };
    this.finish(await printTables(session, args.workload, kind, flags.output, around));
  }
}
