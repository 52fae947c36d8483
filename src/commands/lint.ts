import * as Args from '@oclif/core/args';
import { TlsgwCommand } from '../cli/command.ts';
import { UsageError } from '../cli/errors.ts';
import { control, display, formats, input, output, report } from '../cli/flags.ts';
import { checkRuleIds, judgeSession, mergeJudged } from '../cli/judging.ts';
import { checkReportTargets, hidesInfo, printReport } from '../cli/reporting.ts';
import { mergeSessions, openEach } from '../cli/session.ts';

export default class Lint extends TlsgwCommand {
  static override summary = 'Check YAML before it is merged; never contacts a cluster';
  static override usage = 'lint PATH... [flags]';
  static override examples = [
    '<%= config.bin %> lint gateways/',
    'helm template ./chart | <%= config.bin %> lint -',
    '<%= config.bin %> lint deploy -o sarif --now 2026-12-31T00:00:00Z',
  ];
  static override args = {
    path: Args.string({ multiple: true, ignoreStdin: true, description: 'File, directory, glob or - for stdin' }),
  };
  static override flags = { output: output(...formats), ...input, ...report, ...control, ...display };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Lint);
    const paths = [...(args.path ?? []), ...(flags.filename ?? [])];
    if (paths.length === 0 && flags.kustomize === undefined)
      throw new UsageError('lint needs a PATH', 'kubectl tlsgw lint . checks all YAML below here.');
    checkRuleIds(flags);
    checkReportTargets(flags);
    const around = this.surroundings(flags);
    const sessions = await openEach(paths, flags, around);
    const telling = { hidesInfo: hidesInfo(flags) };
    const judged = await Promise.all(sessions.map((session) => judgeSession(session, flags, telling)));
    this.finish(await printReport(mergeSessions(sessions), mergeJudged(judged), flags, around));
  }
}
