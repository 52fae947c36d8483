import type { ClusterView } from '../model/cluster-view.ts';
import { keyOf, resourceText } from '../model/resource.ts';
import { ruleText } from './facts/destinations.ts';
import { groupBy } from './facts/live.ts';
import { clientsOf } from './facts/symptoms.ts';
import { hiddenTls, type Upstream, unreadTls, usesWhere } from './facts/upstreams.ts';
import { destinationOf, destinationPlace, namesOf, type Use } from './facts/uses.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'backend-plain-to-https',
  summary: 'The gateway sends plain HTTP to a port that expects HTTPS',
  severity: 'warning',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    const found = usesWhere(view, configs, (upstream, over) => over === 'http' && isPlainToHttps(view, upstream));
    const key = ({ use, upstream }: (typeof found)[number]) =>
      `${keyOf(use.rule.virtualService.id)} ${upstream.service.hostname} ${upstream.port.number}`;
    for (const group of groupBy(found, key)) {
      const { use, upstream } = group[0];
      const { service, port } = upstream;
      const unread = unreadTls(upstream);
      const name = resourceText(service.resource.id);
      const others = new Map(group.map((g) => [placeText(g.use), g.use]));
      others.delete(placeText(use));
      yield {
        kind: 'problem',
        message: `${ruleText(destinationOf(use))} sends plain HTTP to port ${port.number}${port.name ? ` (${port.name})` : ''} of ${name}, which expects HTTPS: no DestinationRule for it starts TLS`,
        at: destinationPlace(destinationOf(use)),
        // A destination without a port goes to that of each server (F30).
        about: namesPort(use) ? '' : String(port.number),
        related: [
          {
            at: { resource: service.resource, path: ['spec', 'ports'] },
            message: `port ${port.number} is ${reasonOf(upstream)}`,
          },
          ...[...others.values()].map((u) => ({ at: destinationPlace(destinationOf(u)), message: 'sends there too' })),
          ...(unread
            ? [
                {
                  at: unread.at,
                  message: `starts TLS, but the gateway does not read this rule: only those of its own namespace, of ${service.namespace} and of ${view.mesh.rootNamespace}`,
                },
              ]
            : []),
          ...(upstream.tls ? [{ at: upstream.tls.at, message: `mode ${upstream.tls.tls.mode} starts no TLS` }] : []),
        ],
        symptom: clientsOf(
          namesOf([use]),
          '400 The plain HTTP request was sent to HTTPS port, or 503 (connection termination)',
        ),
        remedy:
          `If the backend speaks TLS there, start it with a DestinationRule in namespace ${service.namespace}:\n` +
          `  host: ${service.hostname}\n  trafficPolicy:\n    portLevelSettings:\n    - port: {number: ${port.number}}\n      tls: {mode: SIMPLE}\n` +
          'If it speaks plain HTTP, send to its HTTP port, or name this port http.',
      };
    }
  },
});

const placeText = (use: Use): string => `${ruleText(destinationOf(use))} ${use.destination}`;

/** Declared as HTTPS or TLS, or undeclared on 443; a port that says otherwise is believed (A17). */
function isPlainToHttps(view: ClusterView, upstream: Upstream): boolean {
  const { port, tls } = upstream;
  const { protocol } = port;
  const isHttps =
    protocol === 'HTTPS' || protocol === 'TLS' || (protocol === 'UnsupportedProtocol' && port.number === 443);
  if (!isHttps || (tls && tls.tls.mode !== 'DISABLE')) return false;
  // Hidden by exportTo: rule vs-not-visible-to-gateway. A BackendTLSPolicy does the same for the Gateway API.
  const policies = view.others.get('gateway.networking.k8s.io/BackendTLSPolicy') ?? [];
  return hiddenTls(upstream) === null && !policies.some((p) => p.id.namespace === upstream.service.namespace);
}

const reasonOf = ({ port }: Upstream): string =>
  port.protocol === 'UnsupportedProtocol'
    ? 'the port of HTTPS, with no other protocol named'
    : `declared as ${port.protocol}`;

function namesPort({ rule: { virtualService, block, index }, destination }: Use): boolean {
  const route = virtualService.spec[block]?.[index]?.route?.[destination];
  return Boolean(route?.destination?.port?.number);
}
