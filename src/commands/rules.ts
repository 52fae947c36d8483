import { TlsgwCommand } from '../cli/command.ts';
import { output } from '../cli/flags.ts';
import { catalogue } from '../cli/rule-ids.ts';

export default class Rules extends TlsgwCommand {
  static override summary = 'List everything that doctor and lint look for';
  static override usage = 'rules [-o text|json]';
  static override examples = ['<%= config.bin %> rules', '<%= config.bin %> rules -o json'];
  static override flags = { output: output('text', 'json') };

  async run(): Promise<void> {
    const { flags } = await this.parse(Rules);
    const { output: out } = this.surroundings({});
    if (flags.output === 'json') {
      const list = catalogue.map(({ id, severity, summary, since }) => ({ id, severity, summary, since }));
      await out.result(JSON.stringify({ schema: 'kubectl-tlsgw/rules.v1', rules: list }, null, 2));
      return;
    }
    const width = Math.max(...catalogue.map((rule) => rule.id.length));
    const lines = catalogue.map((r) => `${r.id.padEnd(width)}  ${r.severity.padEnd(7)}  ${r.summary}`);
    await out.result(lines.join('\n'));
  }
}
