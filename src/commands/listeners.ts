import { TlsgwCommand } from '../cli/command.ts';
import { clusterFlags, display, input, listenerFilter, output, workloadArgument } from '../cli/flags.ts';
import { rejectedIn, rejectionNote } from '../cli/rejections.ts';
import { openSession } from '../cli/session.ts';
import { printTables, type TableKind } from '../cli/tables.ts';
import { tableJson } from '../render/config-json.ts';
import { dropNote } from '../render/drop-note.ts';
import { listenersTable } from '../render/listeners-table.ts';
import { listenersWide } from '../render/listeners-wide.ts';

export default class Listeners extends TlsgwCommand {
  static override summary = 'The listener table of each gateway, as istioctl proxy-config listener would print it';
  static override usage = 'listeners [WORKLOAD] [flags]';
  static override examples = [
    '<%= config.bin %> listeners -f gateways/',
    '<%= config.bin %> listeners istio-ingressgateway.istio-system -f . -o wide',
  ];
  static override args = { workload: workloadArgument };
  static override flags = {
    output: output('text', 'wide', 'json', 'yaml'),
    ...listenerFilter,
    ...input,
    ...display,
    ...clusterFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Listeners);
    const around = this.surroundings(flags);
    const session = await openSession(flags, around);
    const options = { ...flags, now: new Date() };
    const kind: TableKind = {
      name: 'listeners',
      text: (config) =>
        flags.output === 'wide'
          ? listenersWide(config, { ...options, color: around.color, rejected: rejectedIn(config) })
          : listenersTable(config, options),
      json: (configs) => tableJson('listeners', configs, options),
      note: (config) => `${dropNote(config.drops, 'listeners')}${rejectionNote(config)}`,
    };
    this.finish(await printTables(session, args.workload, kind, flags.output, around));
  }
}
