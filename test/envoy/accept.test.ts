import { expect, test } from 'vitest';
import { listenerRejections, routeRejections } from '../../src/envoy/accept.ts';
import { predict } from '../conformance/predict.ts';
import { recordedTraces } from './traces.ts';

const traces = recordedTraces();

test('listeners that a real Envoy refused, with its words, and no others', () => {
  const wrong: unknown[] = [];
  for (const trace of traces) {
    const config = predict(trace.yaml).find((c) => `${c.workload.namespace}.${c.workload.name}` === trace.workload)!;
    const ours = listenerRejections(config).map((r) => ({ listener: r.listener.name, error: r.error }));
    const byName = (a: { listener: string }, b: { listener: string }) => (a.listener < b.listener ? -1 : 1);
    const recorded = [...trace.rejected].sort(byName);
    if (JSON.stringify(ours.sort(byName)) !== JSON.stringify(recorded))
      wrong.push({ trace: trace.name, ours, recorded });
  }
  expect(wrong).toEqual([]);
});

test('route configurations that a real Envoy refused, and no others', () => {
  const wrong: unknown[] = [];
  for (const trace of traces) {
    const config = predict(trace.yaml).find((c) => `${c.workload.namespace}.${c.workload.name}` === trace.workload)!;
    const ours = [...new Set(routeRejections(config).map((r) => r.configuration.name))].sort();
    const recorded = trace.rejectedRoutes.map((r) => r.config).sort();
    if (JSON.stringify(ours) !== JSON.stringify(recorded)) wrong.push({ trace: trace.name, ours, recorded });
  }
  expect(wrong).toEqual([]);
});
