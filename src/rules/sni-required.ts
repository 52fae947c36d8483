import type { Listener } from '../model/envoy-config.ts';
import { serverPlace } from '../model/envoy-config.ts';
import { oncePer } from '../model/once.ts';
import { domainProblem } from './facts/host-names.ts';
import { groupBy, liveServers } from './facts/live.ts';
import { clientHosts, serverText } from './facts/servers.ts';
import { RESET } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'sni-required',
  summary: 'A server is reached only by clients that send its name in the TLS handshake (SNI)',
  severity: 'info',
  inputs: ['configs'],
  since: '0.1.0',
  *check({ configs }) {
    const named = liveServers(configs).filter(
      ({ listener, chain, server }) =>
        // Sidecars and other gateways always send a name.
        !['ISTIO_MUTUAL', 'AUTO_PASSTHROUGH'].includes(server.server.tls?.mode ?? '') &&
        chain.serverNames !== null &&
        !takesAll(listener),
    );
    for (const group of groupBy(named, (l) => l.server.server)) {
      const { server, config, chain } = group[0];
      const sent = chain.serverNames ?? [];
      const isName = (text: string) => domainProblem(text) === null;
      const exact = [...clientHosts(server.server), ...sent].find((name) => !name.startsWith('*') && isName(name));
      const host = (exact ?? sent.find(isName)?.replace('*', 'any'))?.toLowerCase() ?? 'HOST';
      const port = server.server.port?.number ?? 443;
      yield {
        kind: 'problem',
        message: `${serverText(server)} answers only TLS clients that name one of its hosts: requests by IP address, with a Host header alone, and TLS health checks are reset`,
        at: serverPlace(server, 'hosts'),
        symptom: `clients without SNI: ${RESET}`,
        remedy: `To test it by address:\n  curl --resolve ${host}:${port}:ADDRESS https://${host}${port === 443 ? '' : `:${port}`}/\nA health check without SNI should ask port 15021, path /healthz/ready.`,
        workload: config.workload,
      };
    }
  },
});

/** Some chain takes connections whatever their name (D7). */
const takesAll = oncePer(({ chains }: Listener): boolean => chains.some((chain) => chain.serverNames === null));
