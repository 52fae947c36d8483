import type { Route, RouteConfiguration } from '../model/envoy-config.ts';
import { serverPlace } from '../model/envoy-config.ts';
import { resourceText } from '../model/resource.ts';
import { acmeHttpNames } from './facts/acme.ts';
import { groupBy } from './facts/live.ts';
import { httpsServers } from './facts/misdirected.ts';
import { plainHttp, redirects } from './facts/plain-http.ts';
import { serverText } from './facts/servers.ts';
import { enumerate } from './facts/symptoms.ts';
import { virtualHostsOf } from './facts/virtual-hosts.ts';
import { defineRule } from './rule.ts';

/** Where an ACME server looks for the answer (RFC 8555, 8.3). */
const challengePath = '/.well-known/acme-challenge';

export default defineRule({
  id: 'redirect-blocks-acme',
  summary: 'A host is redirected to HTTPS, and its certificate is to be renewed by an HTTP-01 challenge',
  severity: 'warning',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    const names = acmeHttpNames(view);
    if (names.length === 0) return;
    const answering = [...httpsServers(configs)].map((s) => s.configuration).filter(hasChallengeRoute);
    // ACME servers follow redirects: a route for the challenge behind HTTPS answers them.
    const isAnswered = (name: string) =>
      answering.some((c) => (virtualHostsOf(c).find(name)?.routes ?? []).some(isForChallenge));
    for (const { config, chain, configuration } of plainHttp(configs)) {
      if (!chain.servers.some(redirects)) continue;
      const found = names.flatMap((acme) => {
        const host = virtualHostsOf(configuration).find(acme.name);
        const server = host?.requireTls ? host.servers.find(redirects) : undefined;
        return server && !isAnswered(acme.name) ? [{ acme, server }] : [];
      });
      for (const group of groupBy(found, (f) => f.server)) {
        const { server } = group[0];
        const hosts = [...new Set(group.map((f) => f.acme.name))];
        const sources = [...new Set(group.flatMap((f) => f.acme.sources))];
        yield {
          kind: 'problem',
          message: `${serverText(server)} redirects ${enumerate(hosts)} to HTTPS, and with it the HTTP-01 challenges of ${enumerate([...new Set(group.map((f) => resourceText(f.acme.sources[0]!.id)))])}`,
          at: serverPlace(server, 'tls', 'httpsRedirect'),
          related: sources.map((resource) => ({
            at: { resource, path: ['spec'] },
            message: 'proves the name by HTTP-01',
          })),
          symptom: `the certificate is not issued or renewed: the challenge gets 301 and then 404 instead of its answer`,
          remedy:
            `Prove the name by DNS-01, or replace httpsRedirect by a VirtualService on port 80 that lets ${challengePath} through and redirects the rest:\n` +
            `  http:\n  - match: [{port: 80, uri: {prefix: ${challengePath}/}}]\n    route: [{destination: {host: SOLVER, port: {number: 8089}}}]\n` +
            '  - match: [{port: 80}]\n    redirect: {scheme: https, redirectCode: 301}',
          workload: config.workload,
        };
      }
    }
  },
});

const isForChallenge = ({ match }: Route): boolean =>
  [match['path'], match['prefix'], match['pathSeparatedPrefix']].some(
    (path) => typeof path === 'string' && path.startsWith('/.well-known'),
  );

const hasChallengeRoute = ({ virtualHosts }: RouteConfiguration): boolean =>
  virtualHosts.some((host) => host.routes.some(isForChallenge));
