import * as Args from '@oclif/core/args';
import { TlsgwCommand } from '../cli/command.ts';
import { rulePage } from '../cli/pages.ts';
import { ruleOf } from '../cli/rule-ids.ts';
import { pageText } from '../render/page-text.ts';

export default class Explain extends TlsgwCommand {
  static override summary = 'Show the page of a rule: what happens, what clients see, how to fix it';
  static override usage = 'explain RULE';
  static override examples = ['<%= config.bin %> explain secret-not-found'];
  static override args = {
    rule: Args.string({ required: true, ignoreStdin: true, description: 'Id of a rule, as findings show it' }),
  };

  async run(): Promise<void> {
    const { args } = await this.parse(Explain);
    const rule = ruleOf(args.rule);
    const { output, width, color } = this.surroundings({});
    const page = rulePage(this.config.root, rule.id);
    const text = page ?? `# ${rule.id}\n\n${rule.summary} (${rule.severity}, since ${rule.since}).\n`;
    // Only a terminal gets it laid out: what goes into a file stays Markdown.
    await output.result(width === null ? text : pageText(text, color));
  }
}
