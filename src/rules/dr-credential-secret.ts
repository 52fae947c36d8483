import type { ClusterView, Secret } from '../model/cluster-view.ts';
import { absence } from '../model/coverage.ts';
import { keyOf, resourceText } from '../model/resource.ts';
import { isFilled } from '../model/secret.ts';
import { addCa, copySecret, createSecret, getSecret, replacePair } from './facts/commands.ts';
import { keyPlace } from './facts/contents.ts';
import { isCopiedTo, mayBeMade, podsPlace, secretsNamed } from './facts/credentials.ts';
import { decidedBy } from './facts/gaps.ts';
import { groupBy } from './facts/live.ts';
import { type ClientTlsAt, startsTls } from './facts/registry.ts';
import { clientsOf, enumerate } from './facts/symptoms.ts';
import { usesWhere } from './facts/upstreams.ts';
import { namesOf, type Use } from './facts/uses.ts';
import { defineRule, type Open, type Problem } from './rule.ts';

export default defineRule({
  id: 'dr-credential-secret',
  summary: 'The Secret that a DestinationRule names for TLS to a backend is missing, or has not what the mode needs',
  severity: 'error',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    const found = usesWhere(view, configs, ({ tls }) => startsTls(tls?.tls) && Boolean(tls?.tls.credentialName));
    const key = ({ use, upstream: { tls } }: (typeof found)[number]) =>
      `${use.config.workload.namespace} ${resourceText(tls!.at.resource.id)} ${tls!.at.path.join('.')}`;
    for (const group of groupBy(found, key)) {
      const said = judge(view, group[0].use, group[0].upstream.tls!, namesOf(group.map((g) => g.use)));
      if (said) yield said;
    }
  },
});

/** The content that a mode needs: a client certificate for MUTUAL, a CA unless nothing is verified. */
const needs = ({ tls }: ClientTlsAt): { readonly pair: boolean; readonly ca: boolean } => ({
  pair: tls.mode === 'MUTUAL',
  ca: tls.insecureSkipVerify !== true,
});

function judge(view: ClusterView, { config }: Use, from: ClientTlsAt, names: readonly string[]): Problem | Open | null {
  const pods = config.workload.namespace;
  const written = from.tls.credentialName!.replace(/^kubernetes:\/\//, '');
  if (pods === null || written.includes('://')) return null;
  const at = { resource: from.at.resource, path: [...from.at.path, 'credentialName'] };
  const [first = '', second] = written.split('/');
  const [namespace, name] = second === undefined ? [pods, first] : [first, second];
  const rule = `${resourceText(from.at.resource.id)} (${from.tls.mode})`;
  const common = {
    kind: 'problem' as const,
    at,
    symptom: clientsOf(names, '503 (flag UF, TLS_error: Secret is not supplied by SDS)'),
    workload: config.workload,
  };
  const reads = podsPlace(config, `these gateway pods read Secrets of namespace ${pods}`);
  if (namespace !== pods) {
    return {
      ...common,
      message: `${rule} names Secret ${namespace}/${name}, but the gateway pods may read Secrets of their own namespace ${pods} only`,
      related: reads,
      remedy: copySecret({ namespace, name }, pods),
    };
  }
  const wanted = needs(from);
  const own = view.secrets.get(`${pods}/${name}`);
  const ca = view.secrets.get(`${pods}/${name}-cacert`) ?? own;
  const absent = (wanted.pair && !own) || (wanted.ca && !ca);
  if (absent) {
    const elsewhere = secretsNamed(view, name, from.at.resource.id.namespace);
    const made = [...elsewhere, ...secretsNamed(view, `${name}-cacert`, pods)];
    if (mayBeMade(view, name)) return null;
    if (made.some((s) => s.id.namespace === pods || isCopiedTo(s, pods))) return null;
    const missing = absence(view.coverage, 'secrets', pods);
    if (missing.kind === 'unknown' && elsewhere.length === 0) {
      const question = `Is there a Secret ${pods}/${name}, which ${rule} needs?`;
      return {
        kind: 'open',
        question,
        because: missing.because,
        decides: decidedBy(missing.gap, getSecret({ namespace: pods, name })),
        at,
      };
    }
    const other = elsewhere[0];
    return {
      ...common,
      message: `${rule} names Secret ${name}, which does not exist in namespace ${pods} of the gateway pods${other ? `, but in ${other.id.namespace}` : ''}`,
      related: [...(other ? [{ at: { resource: other, path: ['metadata'] }, message: 'found here' }] : []), ...reads],
      remedy: other
        ? copySecret({ namespace: other.id.namespace, name }, pods)
        : createSecret({ namespace: pods, name }, wanted.pair ? (wanted.ca ? 'pair-and-ca' : 'pair') : 'ca'),
      severity: other || (missing.kind === 'absent' && missing.certain) ? 'error' : 'warning',
    };
  }
  const lacks = [
    ...(wanted.pair && own && !hasPair(own)
      ? [{ secret: own, what: 'no client certificate with its key (tls.crt, tls.key)', remedy: replacePair(own) }]
      : []),
    ...(wanted.ca && ca && !hasCa(ca)
      ? [{ secret: ca, what: 'no CA to check the backend with (ca.crt)', remedy: addCa(ca) }]
      : []),
  ];
  if (lacks.length === 0) return null;
  return {
    ...common,
    message: `${rule} uses Secret ${keyOf(lacks[0]!.secret.id)}, which has ${enumerate(lacks.map((l) => l.what))}`,
    related: [...lacks.map((l) => ({ at: keyPlace(l.secret, null), message: l.what })), ...reads],
    remedy: lacks.map((l) => l.remedy).join('\n'),
  };
}

/** mirrors: I9. */
const hasPair = (secret: Secret): boolean =>
  (isFilled(secret, 'cert') && isFilled(secret, 'key')) || (isFilled(secret, 'tls.crt') && isFilled(secret, 'tls.key'));

/** mirrors: I10. */
const hasCa = (secret: Secret): boolean => isFilled(secret, 'cacert') || isFilled(secret, 'ca.crt');
