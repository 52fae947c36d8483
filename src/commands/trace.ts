import * as Args from '@oclif/core/args';
import { TlsgwCommand } from '../cli/command.ts';
import { clusterFlags, display, input, now, output } from '../cli/flags.ts';
import { complainOfUnread } from '../cli/problems.ts';
import { openSession } from '../cli/session.ts';
import { traceFlags } from '../cli/trace-flags.ts';
import { checkTraceArguments, runTrace } from '../cli/trace-run.ts';

export default class TraceCommand extends TlsgwCommand {
  static override summary = 'What happens to this request, step by step, predicted';
  static override usage = 'trace URL [flags]';
  static override examples = [
    '<%= config.bin %> trace https://shop.example.com/api -f gateways/',
    '<%= config.bin %> trace https://shop.example.com/ --sni other.example.com -H "x-user: a" -f gateways/',
    '<%= config.bin %> trace --calls contract.yaml -f gateways/ -o junit',
  ];
  static override args = { url: Args.string({ ignoreStdin: true, description: 'The request, as a client writes it' }) };
  static override flags = {
    output: output('text', 'json', 'yaml', 'junit'),
    ...traceFlags,
    now,
    ...input,
    ...display,
    ...clusterFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(TraceCommand);
    checkTraceArguments(args.url, flags);
    const around = this.surroundings(flags);
    const session = await openSession(flags, around);
    if (complainOfUnread(session, around.output) > 0) this.finish(3);
    this.finish(await runTrace(args.url, flags, session, around));
  }
}
