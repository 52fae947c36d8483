import { TlsgwCommand } from '../cli/command.ts';
import { clusterFlags, display, input, output, routeFilter, workloadArgument } from '../cli/flags.ts';
import { openSession } from '../cli/session.ts';
import { printTables } from '../cli/tables.ts';
import { routesTable } from '../render/routes-table.ts';

export default class Routes extends TlsgwCommand {
  static override summary = 'The route table of each gateway, as istioctl proxy-config route would print it';
  static override usage = 'routes [WORKLOAD] [flags]';
  static override examples = [
    '<%= config.bin %> routes -f gateways/',
    '<%= config.bin %> routes -f . --name http.8080',
  ];
  static override args = { workload: workloadArgument };
  static override flags = {
    output: output('text', 'json', 'yaml'),
    ...routeFilter,
    ...input,
    ...display,
    ...clusterFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Routes);
    const around = this.surroundings(flags);
    const session = await openSession(flags, around, 'routes');
    const kind = { part: 'routes', table: routesTable } as const;
    this.finish(await printTables(session, args.workload, kind, flags, around));
  }
}
