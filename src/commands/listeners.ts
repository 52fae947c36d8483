import { TlsgwCommand } from '../cli/command.ts';
import { clusterFlags, display, input, listenerFilter, output, workloadArgument } from '../cli/flags.ts';
import { openSession } from '../cli/session.ts';
import { printTables } from '../cli/tables.ts';
import { listenersTable } from '../render/listeners-table.ts';

export default class Listeners extends TlsgwCommand {
  static override summary = 'The listener table of each gateway, as istioctl proxy-config listener would print it';
  static override usage = 'listeners [WORKLOAD] [flags]';
  static override examples = [
    '<%= config.bin %> listeners -f gateways/',
    '<%= config.bin %> listeners istio-ingressgateway.istio-system -f .',
  ];
  static override args = { workload: workloadArgument };
  static override flags = {
    output: output('text', 'json', 'yaml'),
    ...listenerFilter,
    ...input,
    ...display,
    ...clusterFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Listeners);
    const around = this.surroundings(flags);
    const session = await openSession(flags, around, 'listeners');
    const kind = { part: 'listeners', table: listenersTable } as const;
    this.finish(await printTables(session, args.workload, kind, flags, around));
  }
}
