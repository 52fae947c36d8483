import * as Args from '@oclif/core/args';
import { TlsgwCommand } from '../cli/command.ts';
import { clusterFlags, control, display, formats, input, output, report } from '../cli/flags.ts';
import { printHosts } from '../cli/host-rows.ts';
import { hostOf, scopeOf } from '../cli/host-scope.ts';
import { checkRuleIds, judgeSession, mergeJudged } from '../cli/judging.ts';
import { checkReportTargets, hidesInfo, printReport } from '../cli/reporting.ts';
import { mergeSessions, openEach, openSession } from '../cli/session.ts';
import { printHostTraces } from '../cli/trace-run.ts';

export default class Doctor extends TlsgwCommand {
  static override summary = 'What is wrong with my gateways, what will clients see, how do I fix it?';
  static override usage = 'doctor [HOST...] [flags]';
  static override examples = [
    '<%= config.bin %> doctor -f gateways/',
    '<%= config.bin %> doctor shop.example.com -f gateways/ -f secrets.yaml',
  ];
  static override args = {
    host: Args.string({ multiple: true, ignoreStdin: true, description: 'Only what touches this host or URL' }),
  };
  static override flags = { output: output(...formats), ...input, ...report, ...control, ...display, ...clusterFlags };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Doctor);
    const hosts = (args.host ?? []).map(hostOf);
    checkRuleIds(flags);
    checkReportTargets(flags);
    const around = this.surroundings(flags);
    const sessions = flags.each
      ? await openEach(flags.filename ?? [], flags, around)
      : [await openSession(flags, around)];
    const judged = [];
    let unknown = false;
    for (const session of sessions) {
      const scope = hosts.length > 0 ? scopeOf(hosts, session) : null;
      for (const text of scope?.unknown ?? []) around.output.complaint(`error: ${text}`);
      unknown ||= scope !== null && scope.unknown.length > 0;
      const one = await judgeSession(session, flags, { scope: scope?.inScope, hidesInfo: hidesInfo(flags) });
      if (flags.output === 'text' && !flags.quiet) await printHosts(session, one, hosts, around);
      judged.push(one);
    }
    // "No problem found" about a host that nothing serves would be a lie.
    const shown = { ...flags, quiet: flags.quiet || unknown };
    this.finish(await printReport(mergeSessions(sessions), mergeJudged(judged), shown, around));
    if (unknown && flags['fail-on'] !== 'never') this.finish(1);
    if (flags.output !== 'text') return;
    for (const session of sessions) await printHostTraces(args.host ?? [], session, flags.now, around);
  }
}
