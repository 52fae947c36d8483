import type { Surroundings } from '../../src/cli/command.ts';
import { runExample } from '../../src/cli/example.ts';
import type { Call as TracedCall } from '../../src/model/trace.ts';
import { workloadText } from '../../src/model/workload.ts';
import { authority, now } from '../../src/pages/expand.ts';
import { pageIds } from '../rules/page.ts';
import { addClient } from './authorities.ts';
import { compiled, type Pod } from './recorded.ts';
import type { Call } from './versions.ts';

const nowhere = async () => {};

function callOf(id: string, { tls, ...call }: TracedCall): Call {
  if (tls === null) return { ...call, tls: null, observed: {} };
  const { sni, alpn, maxVersion, certificate } = tls;
  const shown =
    certificate === null ? {} : { clientCert: certificate.authority === 'trusted' ? id : certificate.authority };
  return { ...call, tls: { sni, alpn, ...shown }, maxVersion, observed: {} };
}

/** An example that asks for client certificates names the authority that signs them: `${ca Clients}`. */
function addClientOf(id: string, yaml: string): void {
  const words = /\$\{ca ?([^};]*)\}/.exec(yaml)?.[1];
  if (words !== undefined) addClient(id, authority(words || 'root'));
}

/** The pods of the examples in docs/rules, each with the request of its page that arrives there. */
export async function pagePods(wanted: (name: string) => boolean): Promise<Pod[]> {
  const root = process.cwd();
  const output = { note: () => {}, complaint: () => {}, result: nowhere };
  const around: Surroundings = { root, cwd: root, color: 0, width: null, output };
  const pods: Pod[] = [];
  for (const id of pageIds().filter(wanted)) {
    const run = await runExample(id, around);
    if (run) addClientOf(id, run.example.yaml);
    for (const { call, workload } of run?.stories ?? []) {
      const predicted = run?.session.configs.find((config) => workloadText(config.workload) === workload);
      if (!predicted || call === null) continue;
      const sent = compiled(predicted);
      pods.push({ index: pods.length, name: id, yaml: '', workload, sent, predicted, calls: [callOf(id, call)], now });
    }
  }
  return pods;
}
