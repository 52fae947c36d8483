import type { Trace } from '../model/trace.ts';
import type { Dialled } from '../probe/dial.ts';

/** What the prediction says, whether reality agrees, and what usually explains a difference. */
export interface Comparison {
  readonly agrees: boolean;
  readonly text: string;
  readonly usually: string;
}

/** Ends of a connection that a trace's outcome allows. Source: symptoms.md 5. */
const allowed: Readonly<Record<Trace['outcome'], readonly Dialled['outcome'][]>> = {
  response: ['connected'],
  forwarded: ['connected', 'reset', 'closed', 'alert', 'plain-answer'],
  refused: ['refused', 'timeout'],
  // A load balancer in front may turn a reset into a plain close (symptoms.md).
  reset: ['reset', 'closed'],
  'tls-error': ['alert', 'reset', 'closed'],
  'plain-answer': ['plain-answer', 'failed'],
  undecided: [],
};

/** What usually stands behind a difference, by what was expected and what came. */
function usually(expected: Trace['outcome'], got: Dialled['outcome']): string {
  if (got === 'no-address')
    return 'the name is not in DNS here, or leads to another load balancer: --connect-to HOST:PORT';
  if (got === 'timeout') return 'a firewall or a load balancer without that port stands before the gateway';
  if (got === 'refused')
    return 'Envoy refused the listener when the pod started, or the load balancer has no healthy pod: kubectl tlsgw diff';
  if (expected === 'response' && (got === 'reset' || got === 'closed')) {
    return 'the gateway pod has an older listener, or its Secret is still warming: kubectl tlsgw diff';
  }
  if (got === 'connected' && expected !== 'response') {
    return 'something else answers: a load balancer that ends TLS itself, another gateway behind this name, or an older listener that Envoy kept';
  }
  if (got === 'plain-answer')
    return 'a load balancer ends TLS and speaks plain text behind, or the name leads elsewhere';
  return 'the configuration in the cluster is not the one that was read';
}

const traceText = (t: Trace): string =>
  [
    t.outcome,
    ...(t.status === undefined ? [] : [String(t.status)]),
    ...(t.details === '' ? [] : [`(${t.details})`]),
  ].join(' ');

/** Sets what happened beside the predictions of every gateway that could have answered; one that fits is enough. */
export function compare(
  traces: readonly Trace[],
  attempts: readonly { readonly dialled: Dialled }[],
  asked: boolean,
): Comparison {
  const text = [...new Set(traces.map(traceText))].join(' or ');
  if (traces.every((t) => t.outcome === 'undecided')) return { agrees: true, text, usually: '' };
  // The best attempt counts: a version that the server does not take is no difference.
  const best = attempts.find((a) => a.dialled.outcome === 'connected') ?? attempts[0]!;
  const { outcome, status } = best.dialled;
  const fits = (t: Trace): boolean => {
    if (t.outcome === 'undecided') return true;
    if (!allowed[t.outcome].includes(outcome)) return false;
    // A backend that exists in the prediction may answer with any status.
    return !asked || t.outcome !== 'response' || status === null || t.status === 200 || t.status === status;
  };
  if (traces.some(fits)) return { agrees: true, text, usually: '' };
  return { agrees: false, text, usually: usually(traces[0]!.outcome, outcome) };
}
