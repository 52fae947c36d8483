import { hostsMatch } from '../istio/hosts.ts';
import type { EnvoyConfig, Route, ServerRef, VirtualHost } from '../model/envoy-config.ts';
import { serverPlace } from '../model/envoy-config.ts';
import { oncePer } from '../model/once.ts';
import { terminatingServers } from './facts/live.ts';
import { isReachedOn } from './facts/load-balancers.ts';
import { type PlainHttp, plainHttpOf } from './facts/plain-http.ts';
import { clientHosts, isHttpFamilyServer, patchGateway, serverText } from './facts/servers.ts';
import { clientsOf, enumerate, REFUSED } from './facts/symptoms.ts';
import { virtualHostsOf } from './facts/virtual-hosts.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'https-redirect-missing',
  summary: 'A host with HTTPS is served on plain HTTP too, or does not redirect from there',
  severity: 'info',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    const plainOn80 = oncePer((config: EnvoyConfig) =>
      plainHttpOf(config).filter((p) => isReachedOn(80, view, config, p.listener, p.chain.servers)),
    );
    for (const { config, listener, server } of terminatingServers(configs)) {
      if (!isReachedOn(443, view, config, listener, [server])) continue;
      const plain = plainOn80(config);
      const hosts = clientHosts(server.server);
      const open = hosts.flatMap((host) =>
        plain.flatMap((p) => servedPlainly(p, host) ?? []).map((by) => ({ host, by })),
      );
      for (const by of new Set(open.map((o) => o.by))) {
        const names = open.filter((o) => o.by === by).map((o) => o.host);
        yield {
          kind: 'problem',
          message: `${serverText(by)} serves ${enumerate(names)} on plain HTTP without redirecting to HTTPS, which ${serverText(server)} has`,
          at: serverPlace(by),
          related: [{ at: serverPlace(server), message: 'serves it with HTTPS' }],
          symptom: clientsOf(names, 'http:// works, unencrypted'),
          remedy: patchGateway(by, 'add', ['tls'], { httpsRedirect: true }),
          workload: config.workload,
        };
      }
      const lost = hosts.filter((host) => !plain.some((p) => answers(p, host)));
      if (lost.length === 0) continue;
      yield {
        kind: 'problem',
        message: `nothing redirects ${enumerate(lost)} of ${serverText(server)} from http:// to https://`,
        at: serverPlace(server),
        symptom: clientsOf(lost, `http://: ${REFUSED}, or 404`),
        remedy:
          'Add a server that redirects:\n' +
          `  - port: {number: 80, name: http, protocol: HTTP}\n    hosts: [${lost.map((h) => `"${h}"`).join(', ')}]\n    tls: {httpsRedirect: true}`,
        workload: config.workload,
      };
    }
  },
});

/** The virtual host that answers for a name; for a wildcard any that it covers or that covers it. */
const hostFor = ({ configuration }: PlainHttp, host: string): VirtualHost | null =>
  virtualHostsOf(configuration).find(host) ??
  configuration.virtualHosts.find((v) => v.domains.some((d) => hostsMatch(d, host.toLowerCase()))) ??
  null;

function answers(plain: PlainHttp, host: string): boolean {
  const found = hostFor(plain, host);
  return found !== null && (found.requireTls || found.routes.length > 0);
}

const toHttps = ({ action }: Route): boolean =>
  action.kind === 'redirect' &&
  (action.redirect['schemeRedirect'] === 'https' || action.redirect['portRedirect'] === 443);

/** The plain server through which the name is served without a redirect. */
function servedPlainly(plain: PlainHttp, host: string): ServerRef | null {
  const found = hostFor(plain, host);
  // The last route takes what the others leave; a redirect there is meant for everything (F18).
  if (!found || found.requireTls || found.routes.length === 0 || toHttps(found.routes.at(-1)!)) return null;
  return found.servers.find((s) => isHttpFamilyServer(s.server)) ?? null;
}
