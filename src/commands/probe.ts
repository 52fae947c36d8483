import * as Args from '@oclif/core/args';
import { TlsgwCommand } from '../cli/command.ts';
import { clusterFlags, display, input, now, output } from '../cli/flags.ts';
import { probeFlags } from '../cli/probe-flags.ts';
import { checkProbeArguments, runProbe } from '../cli/probe-run.ts';
import { complainOfUnread } from '../cli/problems.ts';
import { openSession } from '../cli/session.ts';

export default class Probe extends TlsgwCommand {
  static override summary = 'What really happens to a connection, beside the prediction';
  static override usage = 'probe [URL...] [flags]';
  static override examples = [
    '<%= config.bin %> probe https://shop.example.com/ -f gateways/',
    '<%= config.bin %> probe https://shop.example.com/ --connect-to 10.0.0.7:443 --http',
    '<%= config.bin %> probe --all -f gateways/ --connect-to 10.0.0.7:443',
  ];
  static override args = {
    url: Args.string({
      multiple: true,
      ignoreStdin: true,
      description: 'Where to connect; only these hosts are contacted',
    }),
  };
  static override flags = {
    output: output('text', 'json', 'yaml'),
    ...probeFlags,
    now,
    ...input,
    ...display,
    ...clusterFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Probe);
    checkProbeArguments(args.url ?? [], flags);
    const around = this.surroundings(flags);
    const predicts = flags.all || (flags.filename ?? []).length > 0;
    const session = predicts ? await openSession(flags, around) : null;
    if (session !== null && complainOfUnread(session, around.output) > 0) this.finish(3);
    this.finish(await runProbe(args.url ?? [], flags, session, around));
  }
}
