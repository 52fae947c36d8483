import { RE2JS } from 're2js';
import { expect, test } from 'vitest';
import type { RegexTest } from '../../src/envoy/match.ts';
import { trace } from '../../src/envoy/trace.ts';
import type { Call, Trace } from '../../src/model/trace.ts';
import { predict, recordedNow } from '../conformance/predict.ts';
import { type RecordedCall, recordedTraces } from './traces.ts';

const regex: RegexTest = (pattern, text) => RE2JS.compile(pattern).matches(text);

/** The recorded client certificates all carry client.example.com; the mesh's also a SPIFFE name (README). */
const clientNames = (name: string) =>
  name === 'mesh' ? ['client.example.com', 'spiffe://cluster.local/ns/c/sa/c'] : ['client.example.com'];

function callOf(recorded: RecordedCall): Call {
  const { tls } = recorded;
  return {
    ...recorded,
    tls: tls && {
      sni: tls.sni,
      alpn: tls.alpn ?? [],
      maxVersion: 'TLSv1_3',
      certificate: tls.clientCert ? { authority: tls.clientCert, subjectAltNames: clientNames(tls.clientCert) } : null,
    },
  };
}

/** The fields of `observed` that a trace predicts, where the README says they are comparable. */
function predicted(result: Trace, observed: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const chance = observed['weighted'] !== undefined;
  const missing = chance && (observed['weighted'] as { missing?: boolean }[]).some((w) => w.missing);
  const host = result.virtualHost && {
    config: result.virtualHost.configuration.name,
    virtualHost: result.virtualHost.host.name,
  };
  const all: Record<string, unknown> = {
    outcome: result.outcome,
    status: result.status,
    chain: result.chain?.index,
    route: result.route && { ...host, index: result.route.index },
    virtualHost: result.route ? undefined : host,
    virtualService: result.route?.route.config,
    cluster: result.cluster,
    weighted: result.weighted,
    redirect: result.redirect,
  };
  if (chance) delete all['cluster'];
  if (missing) delete all[result.chain?.chain.target.kind === 'http' ? 'status' : 'outcome'];
  return all;
}

const comparable = (o: Readonly<Record<string, unknown>>, keys: readonly string[]) =>
  JSON.stringify(keys.map((k) => [k, o[k]]));

test('every request that a real Envoy handled goes the predicted way', () => {
  const wrong: unknown[] = [];
  let calls = 0;
  for (const recorded of recordedTraces()) {
    const config = predict(recorded.yaml).find(
      (c) => `${c.workload.namespace}.${c.workload.name}` === recorded.workload,
    )!;
    for (const call of recorded.calls) {
      calls++;
      const ours = predicted(trace(callOf(call), { config, regex, now: recordedNow }), call.observed);
      const keys = Object.keys(ours);
      if (comparable(ours, keys) !== comparable(call.observed, keys)) wrong.push({ name: recorded.name, call, ours });
    }
  }
  console.log(`traces: ${calls - wrong.length} of ${calls} requests agree`);
  expect(calls).toBe(2345);
  expect(
    wrong
      .slice(0, 5)
      .map((w) => JSON.stringify(w, null, 1))
      .join('\n'),
  ).toBe('');
});
