import { TlsgwCommand } from '../cli/command.ts';
import { clusterFlags, display, input, output, routeFilter, workloadArgument } from '../cli/flags.ts';
import { openSession } from '../cli/session.ts';
import { printTables, type TableKind } from '../cli/tables.ts';
import { tableJson } from '../render/config-json.ts';
import { dropNote } from '../render/drop-note.ts';
import { routesTable } from '../render/routes-table.ts';
import { routesWide } from '../render/routes-wide.ts';

export default class Routes extends TlsgwCommand {
  static override summary = 'The route table of each gateway, as istioctl proxy-config route would print it';
  static override usage = 'routes [WORKLOAD] [flags]';
  static override examples = [
    '<%= config.bin %> routes -f gateways/',
    '<%= config.bin %> routes -f . --name http.8080',
  ];
  static override args = { workload: workloadArgument };
  static override flags = {
    output: output('text', 'wide', 'json', 'yaml'),
    ...routeFilter,
    ...input,
    ...display,
    ...clusterFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Routes);
    const around = this.surroundings(flags);
    const session = await openSession(flags, around);
    const options = { name: flags.name, now: new Date() };
    const kind: TableKind = {
      name: 'routes',
      text: (config) =>
        flags.output === 'wide'
          ? routesWide(config, { ...options, color: around.color })
          : routesTable(config, options),
      json: (configs) => tableJson('routes', configs, options),
      note: (config) => dropNote(config.drops, 'routes'),
    };
    this.finish(await printTables(session, args.workload, kind, flags.output, around));
  }
}
