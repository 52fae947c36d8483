import { TlsgwCommand } from '../cli/command.ts';
import { stage } from '../cli/errors.ts';
import { clusterFlags, display, input, output } from '../cli/flags.ts';
import { openSession } from '../cli/session.ts';
import { tableVerdict } from '../cli/tables.ts';
import { allJson } from '../render/config-json.ts';
import { jsonText } from '../render/json.ts';
import { yamlText } from '../render/yaml.ts';

export default class All extends TlsgwCommand {
  static override summary = 'The whole predicted configuration: listeners, routes, secrets and what istiod drops';
  static override usage = 'all -o json|yaml [flags]';
  static override examples = ['<%= config.bin %> all -o json -f gateways/'];
  static override flags = { output: output('json', 'yaml'), ...input, ...display, ...clusterFlags };

  async run(): Promise<void> {
    const { flags } = await this.parse(All);
    const around = this.surroundings(flags);
    const session = await openSession(flags, around, 'all');
    const value = await stage('rendering', () => allJson(session.configs));
    await around.output.result(flags.output === 'json' ? jsonText(value, 2) : yamlText(value));
    this.finish(tableVerdict(session, session.configs, around.output));
  }
}
