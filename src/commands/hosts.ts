import { TlsgwCommand } from '../cli/command.ts';
import { clusterFlags, display, input, output, report } from '../cli/flags.ts';
import { hostRows } from '../cli/host-rows.ts';
import { judgeSession } from '../cli/judging.ts';
import { openSession } from '../cli/session.ts';
import { dataText, tableVerdict, undecidedNotes } from '../cli/tables.ts';
import { hostsTable } from '../render/certs-table.ts';

export default class Hosts extends TlsgwCommand {
  static override summary = 'One row per host and port: TLS mode, certificate, number of routes, verdict';
  static override usage = 'hosts [flags]';
  static override examples = ['<%= config.bin %> hosts -f gateways/'];
  static override flags = {
    output: output('text', 'json', 'yaml'),
    now: report.now,
    'expiring-within': report['expiring-within'],
    ...input,
    ...display,
    ...clusterFlags,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Hosts);
    const around = this.surroundings(flags);
    const session = await openSession(flags, around);
    const judged = await judgeSession(session, flags, { hidesInfo: true });
    const { rows, questions } = hostRows(session, judged);
    const { output: out } = around;
    if (flags.output === 'text') await out.result(await hostsTable(rows, around));
    else await out.result(dataText({ schema: 'kubectl-tlsgw/hosts.v1', hosts: rows }, flags.output));
    undecidedNotes(questions, out);
    this.finish(tableVerdict(session, session.configs, out, judged.internalErrors));
  }
}
