import { re2Matches } from '../../src/cli/regex.ts';
import { trace } from '../../src/envoy/trace.ts';
import type { Trace, Call as TracedCall } from '../../src/model/trace.ts';
import type { Observed } from './observe.ts';
import type { Pod } from './recorded.ts';
import type { Call } from './versions.ts';

/** The client certificates carry these names (authorities.ts). */
const namesOf = (authority: string) =>
  authority === 'mesh' ? ['client.example.com', 'spiffe://cluster.local/ns/c/sa/c'] : ['client.example.com'];

function callOf(recorded: Call): TracedCall {
  const { tls } = recorded;
  const certificate = tls?.clientCert ? { authority: tls.clientCert, subjectAltNames: namesOf(tls.clientCert) } : null;
  return {
    ...recorded,
    tls: tls && { sni: tls.sni, alpn: tls.alpn ?? [], maxVersion: recorded.maxVersion ?? 'TLSv1_3', certificate },
  };
}

/** What `trace` says about a recorded call. */
export const predict = (pod: Pod, call: Call): Trace =>
  trace(callOf(call), {
    config: pod.predicted,
    regex: re2Matches,
    now: pod.now,
  });

/** The parts of an end that both sides know; chance decides about clusters with weights. */
function partsOf(result: Trace): Omit<Observed, 'why'> {
  const { configuration, host } = result.virtualHost ?? {};
  return {
    outcome: result.outcome,
    ...(result.status === undefined ? {} : { status: result.status }),
    ...(result.chain ? { chain: result.chain.index } : {}),
    ...(result.route && configuration && host
      ? { route: { config: configuration.name, virtualHost: host.name, index: result.route.index } }
      : {}),
    ...(result.cluster === undefined ? {} : { cluster: result.cluster }),
    ...(result.redirect === undefined ? {} : { redirect: result.redirect }),
  };
}

/** Everything in which reality differs from the prediction, in words; empty when they agree. */
export function differences(result: Trace, observed: Observed): string[] {
  const predicted: Readonly<Record<string, unknown>> = partsOf(result);
  const real: Readonly<Record<string, unknown>> = { ...observed };
  const byChance = (result.weighted ?? []).length > 0;
  const someMissing = (result.weighted ?? []).some((w) => w.missing);
  const words = /^\w+/.exec(result.details)?.[0] ?? '';
  const reason =
    result.outcome === 'tls-error' && !observed.why.includes(words)
      ? [`reason: trace says ${words}, Envoy ${observed.why}`]
      : [];
  const parts = ['outcome', 'status', 'chain', 'route', 'cluster', 'redirect'].flatMap((field) => {
    if (field === 'cluster' && (byChance || real[field] === undefined)) return [];
    if (someMissing && (field === 'status' || (field === 'outcome' && result.outcome === 'forwarded'))) return [];
    const [ours, theirs] = [JSON.stringify(predicted[field]), JSON.stringify(real[field])];
    return ours === theirs ? [] : [`${field}: trace says ${ours ?? 'none'}, Envoy ${theirs ?? 'none'}`];
  });
  return [...parts, ...reason];
}
