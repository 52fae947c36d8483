import { TlsgwCommand } from '../cli/command.ts';
import { clusterFlags, input, namespaceOfCluster, quiet } from '../cli/flags.ts';
import { printSnapshot } from '../cli/snapshot-run.ts';

export default class Snapshot extends TlsgwCommand {
  static override summary = 'Save what doctor would read as one redacted YAML file: a bug report, an input for -f';
  static override description =
    'Private keys are replaced by what can be judged about them (form, algorithm, digest of the public key, defect); what could not be read is noted, so that the same questions stay undecided.';
  static override usage = 'snapshot [flags]';
  static override examples = [
    '<%= config.bin %> snapshot > cluster.yaml',
    '<%= config.bin %> doctor -f cluster.yaml',
    '<%= config.bin %> lint gateways/ --with cluster.yaml',
  ];
  static override flags = {
    namespace: namespaceOfCluster,
    'istio-namespace': input['istio-namespace'],
    ...quiet,
    ...clusterFlags,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Snapshot);
    await printSnapshot(flags, this.surroundings(flags));
  }
}
