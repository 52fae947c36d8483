import { isTlsServer, parseProtocol } from '../istio/protocol.ts';
import type { ClusterView } from '../model/cluster-view.ts';
import type { EnvoyConfig } from '../model/envoy-config.ts';
import { serverPlace } from '../model/envoy-config.ts';
import { oncePer } from '../model/once.ts';
import type { Server } from '../model/specs.ts';
import { hostsOfAllGateways } from './facts/host-index.ts';
import { tlsPortInFront } from './facts/load-balancers.ts';
import { plainHttp, redirects } from './facts/plain-http.ts';
import { clientHosts, patchGateway, serverText } from './facts/servers.ts';
import { clientsOf, enumerate } from './facts/symptoms.ts';
import { virtualHostsOf } from './facts/virtual-hosts.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'redirect-without-https',
  summary: 'A host is redirected to HTTPS, but no server has it with TLS',
  severity: 'warning',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    const inFront = oncePer((config: EnvoyConfig) => isTakenOffInFront(view, config));
    for (const { config, chain, configuration } of plainHttp(configs)) {
      for (const server of chain.servers.filter(redirects)) {
        // A host that is written with a namespace may be redirected for nobody: rule redirect-namespaced-host.
        const isRedirected = (host: string) => virtualHostsOf(configuration).find(host)?.requireTls === true;
        const lost = clientHosts(server.server).filter((host) => !hasTls(view, host) && isRedirected(host));
        if (lost.length === 0 || otherTls(view) || inFront(config)) continue;
        yield {
          kind: 'problem',
          message: `${serverText(server)} redirects ${enumerate(lost)} to HTTPS, but no server of any Gateway has ${lost.length > 1 ? 'them' : 'it'} with TLS`,
          at: serverPlace(server, 'tls', 'httpsRedirect'),
          symptom: clientsOf(
            lost,
            "301, then curl: (7) Failed to connect: Couldn't connect to server, or a reset connection",
          ),
          remedy:
            'Add a server with TLS:\n' +
            `  - port: {number: 443, name: https, protocol: HTTPS}\n    hosts: [${lost.map((h) => `"${h}"`).join(', ')}]\n` +
            `    tls: {mode: SIMPLE, credentialName: NAME-OF-THE-SECRET}\nor do not redirect:\n  ${patchGateway(server, 'remove', ['tls', 'httpsRedirect'])}`,
          workload: config.workload,
        };
      }
    }
  },
});

/** Some server of some Gateway has it with TLS; that it may be dropped or on other pods is another matter. */
const hasTls = (view: ClusterView, host: string): boolean =>
  hostsOfAllGateways(view)
    .meeting(host)
    .some((o) => isTlsServer(o.ref.server) || isMeantForTls(o.ref.server));

/** HTTPS without `tls`, or a TLS mode on HTTP: rule protocol-tls-mismatch says it all. */
const isMeantForTls = ({ port, tls }: Server): boolean =>
  ['HTTPS', 'TLS'].includes(parseProtocol(port?.protocol ?? '')) || tls?.mode !== undefined;

type Body = { readonly listeners?: unknown; readonly tls?: unknown };

/** Gateways of the Kubernetes API and Ingresses with TLS serve hosts that are not compiled yet. */
const otherTls = oncePer((view: ClusterView): boolean => {
  const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
  const listeners = (view.others.get('gateway.networking.k8s.io/Gateway') ?? []).flatMap((g) =>
    listOf((g.spec as Body).listeners),
  );
  return (
    listeners.some((l) => ['HTTPS', 'TLS'].includes(String((l as { readonly protocol?: unknown } | null)?.protocol))) ||
    (view.others.get('Ingress') ?? []).some((i) => listOf((i.spec as Body).tls).length > 0)
  );
});

/** TLS is taken off in front of the gateway: a plain port stands behind 443, or a Gateway has plain HTTP on 443. */
const isTakenOffInFront = (view: ClusterView, config: EnvoyConfig): boolean =>
  plainHttp([config]).some(
    ({ listener, chain }) =>
      tlsPortInFront(view, config, listener) !== null || chain.servers.some((s) => s.server.port?.number === 443),
  );
