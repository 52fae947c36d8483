import { certRows } from '../cli/cert-rows.ts';
import { TlsgwCommand } from '../cli/command.ts';
import { clusterFlags, display, input, now, output, workloadArgument } from '../cli/flags.ts';
import { openSession } from '../cli/session.ts';
import { printTables, type TableKind } from '../cli/tables.ts';
import { workloadText } from '../model/workload.ts';
import { certsTable } from '../render/certs-table.ts';

export default class Certs extends TlsgwCommand {
  static override summary =
    'Every credential a gateway needs: where it is looked up, whether it is delivered, names, key, days left';
  static override usage = 'certs [WORKLOAD] [flags]';
  static override examples = [
    '<%= config.bin %> certs -f gateways/',
    '<%= config.bin %> certs -f . --now 2027-01-01T00:00:00Z',
  ];
  static override args = { workload: workloadArgument };
  static override flags = { output: output('text', 'json', 'yaml'), now, ...input, ...display, ...clusterFlags };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Certs);
    const around = this.surroundings(flags);
    const session = await openSession(flags, around);
    const time = flags.now ?? new Date();
    const kind: TableKind = {
      name: 'certs',
      text: (config) => certsTable(certRows(config, time, session.view.coverage), around),
      json: (configs) => ({
        schema: 'kubectl-tlsgw/certs.v1',
        workloads: configs.map((config) => ({
          workload: workloadText(config.workload),
          certs: certRows(config, time, session.view.coverage),
        })),
      }),
    };
    this.finish(await printTables(session, args.workload, kind, flags.output, around));
  }
}
