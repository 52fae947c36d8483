import type { DeliveredCertificate, EnvoyConfig } from '../model/envoy-config.ts';
import type { Trace } from '../model/trace.ts';
import type { Dialled } from '../probe/dial.ts';

/** What the prediction says, whether reality agrees, and what usually explains a difference. */
export interface Comparison {
  readonly agrees: boolean;
  readonly text: string;
  readonly usually: string;
}

/** What one gateway is predicted to do, and the certificates it may show; null where that is not known. */
export interface Prediction {
  readonly trace: Trace;
  readonly certificates: readonly DeliveredCertificate[] | null;
}

/** Adds the certificates that the chain of a trace shows. */
export function predictionOf(trace: Trace, config: EnvoyConfig): Prediction {
  const names = trace.chain?.chain.tls?.certificates ?? [];
  const delivered = names.map((name) => {
    const payload = config.secrets.find((secret) => secret.name === name)?.payload;
    return payload?.kind === 'certificate' ? payload.certificate : null;
  });
  const all = delivered.filter((certificate) => certificate !== null);
  return { trace, certificates: names.length > 0 && all.length === names.length ? all : null };
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
  if (got === 'alert' && expected === 'response')
    return 'the gateway wants a client certificate, or does not trust the one it was shown (--cert, --key)';
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

const serials = (certificates: readonly { readonly serial: string }[]): string =>
  certificates.map(({ serial }) => serial).join(' or ');

/** The certificate that was shown although another one is predicted, in words; '' when it fits or cannot be told. */
function otherCertificate({ certificates }: Prediction, shown: Dialled['certificate']): string {
  if (certificates === null || shown === null || certificates.some((c) => c.sha256 === shown.sha256)) return '';
  return `the certificate shown (serial ${shown.serial}) is not the one of the Secret (serial ${serials(certificates)}): the pod keeps an older one because it refused the new one or has not got it yet, or something in front ends TLS: kubectl tlsgw diff`;
}

/** Sets what happened beside the predictions of every gateway that could have answered; one that fits is enough. */
export function compare(
  predictions: readonly Prediction[],
  attempts: readonly { readonly dialled: Dialled }[],
  asked: boolean,
): Comparison {
  const text = [...new Set(predictions.map((p) => traceText(p.trace)))].join(' or ');
  if (predictions.every((p) => p.trace.outcome === 'undecided')) return { agrees: true, text, usually: '' };
  // The best attempt counts: a version that the server does not take is no difference.
  const best = attempts.find((a) => a.dialled.outcome === 'connected') ?? attempts[0]!;
  const { outcome, status, certificate } = best.dialled;
  const ends = ({ trace: t }: Prediction): boolean => {
    if (t.outcome === 'undecided') return true;
    if (!allowed[t.outcome].includes(outcome)) return false;
    // A backend that exists in the prediction may answer with any status.
    return !asked || t.outcome !== 'response' || status === null || t.status === 200 || t.status === status;
  };
  const fitting = predictions.filter(ends);
  const other = fitting.map((prediction) => otherCertificate(prediction, certificate));
  if (other.includes('')) return { agrees: true, text, usually: '' };
  return { agrees: false, text, usually: other[0] ?? usually(predictions[0]!.trace.outcome, outcome) };
}
