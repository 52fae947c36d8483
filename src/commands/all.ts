import { TlsgwCommand } from '../cli/command.ts';
import { stage } from '../cli/errors.ts';
import { clusterFlags, input, output, quiet } from '../cli/flags.ts';
import { openSession } from '../cli/session.ts';
import { dataText, tableVerdict } from '../cli/tables.ts';
import { allJson } from '../render/config-json.ts';

export default class All extends TlsgwCommand {
  static override summary = 'The whole predicted configuration: listeners, routes, secrets and what istiod drops';
  static override usage = 'all -o json|yaml [flags]';
  static override examples = ['<%= config.bin %> all -o json -f gateways/'];
  static override flags = { output: output('json', 'yaml'), ...input, ...quiet, ...clusterFlags };

  async run(): Promise<void> {
    const { flags } = await this.parse(All);
    const around = this.surroundings(flags);
    const session = await openSession(flags, around);
    const text = await stage('rendering', () => dataText(allJson(session.configs), flags.output));
    await around.output.result(text);
    this.finish(tableVerdict(session, session.configs, around.output));
  }
}
