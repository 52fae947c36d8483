import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { TlsgwCommand } from '../cli/command.ts';
import { printExample } from '../cli/example.ts';
import { rulePage } from '../cli/pages.ts';
import { ruleOf } from '../cli/rule-ids.ts';
import { pageText } from '../render/page-text.ts';

export default class Explain extends TlsgwCommand {
  static override summary = 'Show the page of a rule: what happens, what clients see, how to fix it';
  static override usage = 'explain RULE [--example]';
  static override examples = [
    '<%= config.bin %> explain secret-not-found',
    '<%= config.bin %> explain secret-not-found --example',
  ];
  static override args = {
    rule: Args.string({ required: true, ignoreStdin: true, description: 'Id of a rule, as findings show it' }),
  };
  static override flags = {
    example: Flags.boolean({
      description: 'Run the example of the page: the input, the finding, and the trace of the request that suffers',
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Explain);
    const rule = ruleOf(args.rule);
    const around = this.surroundings({});
    if (flags.example) {
      this.finish(await printExample(rule.id, around));
      return;
    }
    const { output, width, color } = around;
    const page = rulePage(this.config.root, rule.id);
    const text = page ?? `# ${rule.id}\n\n${rule.summary} (${rule.severity}, since ${rule.since}).\n`;
    // Only a terminal gets it laid out: what goes into a file stays Markdown.
    await output.result(width === null ? text : pageText(text, color));
  }
}
