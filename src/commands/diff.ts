import * as Flags from '@oclif/core/flags';
import { TlsgwCommand } from '../cli/command.ts';
import { checkDiffFlags, runDiff } from '../cli/diff-run.ts';
import { clusterFlags, input, output, quiet, workloadArgument } from '../cli/flags.ts';
import { complainOfUnread } from '../cli/problems.ts';
import { openSession } from '../cli/session.ts';

export default class Diff extends TlsgwCommand {
  static override summary = "Where the pod's Envoy differs from the prediction";
  static override description =
    'Reads the config_dump of a running pod through the API server (a port-forward to 15000, never an exec), or from a file. Exit 1 when there are differences.';
  static override usage = 'diff [WORKLOAD] [flags]';
  static override examples = [
    '<%= config.bin %> diff',
    '<%= config.bin %> diff istio-ingressgateway.istio-system',
    '<%= config.bin %> diff -f cluster.yaml --config-dump dump.json',
  ];
  static override args = { workload: workloadArgument };
  static override flags = {
    output: output('text', 'json', 'yaml'),
    'config-dump': Flags.string({ helpValue: 'FILE', description: "Compare with this config_dump instead of a pod's" }),
    ...input,
    ...quiet,
    ...clusterFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Diff);
    checkDiffFlags(flags);
    const around = this.surroundings(flags);
    const session = await openSession(flags, around);
    if (complainOfUnread(session, around.output) > 0) this.finish(3);
    this.finish(await runDiff(args.workload, flags, session, around));
  }
}
