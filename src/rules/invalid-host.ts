import { isTlsServer } from '../istio/protocol.ts';
import type { VirtualService } from '../model/cluster-view.ts';
import { type ServerRef, serverPlace } from '../model/envoy-config.ts';
import { isIpAddress } from '../model/ip-address.ts';
import { resourceText } from '../model/resource.ts';
import { patchObject } from './facts/commands.ts';
import { domainProblem, gatewayHostProblem } from './facts/host-names.ts';
import { isMisread } from './facts/misread.ts';
import { patchGateway, serversOf, serverText } from './facts/servers.ts';
import { NO_ROUTE, RESET } from './facts/symptoms.ts';
import { traitsOf } from './facts/traits.ts';
import { defineRule, type Problem } from './rule.ts';

const refused = 'kubectl apply: admission webhook "validation.istio.io" denied the request';

export default defineRule({
  id: 'invalid-host',
  summary: 'A host is no name that Istio takes: a short name, a partial wildcard, an IPv6 address, a URL',
  severity: 'error',
  inputs: ['view'],
  since: '0.1.0',
  *check({ view }) {
    for (const server of serversOf(view.gateways)) {
      const hosts = server.server.hosts ?? [];
      if (hosts.length === 0 && !isMisread(view, server)) yield withoutHosts(server);
      for (const [index, host] of hosts.entries()) {
        const found = problemOf(host);
        if (found) yield gatewayProblem(server, index, host, found);
      }
    }
    for (const vs of traitsOf(view).oddHosts) {
      for (const [index, host] of (vs.spec.hosts ?? []).entries()) {
        // Names that a sidecar gives to clusters are allowed beside sniHosts (J12).
        const found = isIpAddress(host) || host.startsWith('outbound_.') ? null : domainProblem(host);
        if (found) yield virtualServiceProblem(vs, index, host, found);
      }
    }
  },
});

/** mirrors: J9. */
function problemOf(written: string): string | null {
  const slash = written.indexOf('/');
  if (slash < 0 || written.includes('://')) return gatewayHostProblem(written);
  const [namespace, host] = [written.slice(0, slash), written.slice(slash + 1)];
  if (namespace === '' || host === '') return 'has an empty part beside the slash';
  if (
    !['*', '.', '~'].includes(namespace) &&
    (namespace.length > 63 || !/^[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?$/.test(namespace))
  ) {
    return `has "${namespace}" before the slash, where a namespace, . or * belongs`;
  }
  return gatewayHostProblem(host);
}

/** What was probably meant by this text, or null. */
function meant(host: string): string | null {
  const bare = host
    .replace(/^[A-Za-z][A-Za-z0-9+.-]*:\/\//, '')
    .replace(/[/?#].*$/, '')
    .replace(/:\d+$/, '');
  if (bare !== host && gatewayHostProblem(bare) === null) return bare;
  const star = host.slice(host.lastIndexOf('*') + 1);
  const wider = `*${star.slice(Math.max(0, star.indexOf('.')))}`;
  return host.includes('*') && wider.startsWith('*.') && gatewayHostProblem(wider) === null ? wider : null;
}

function gatewayProblem(server: ServerRef, index: number, written: string, found: string): Problem {
  const slash = written.includes('://') ? -1 : written.indexOf('/');
  const replacement = meant(written.slice(slash + 1));
  const value = replacement === null ? 'NAME.EXAMPLE.COM' : written.slice(0, slash + 1) + replacement;
  const without = isTlsServer(server.server) ? RESET : NO_ROUTE;
  return {
    kind: 'problem',
    message: `host ${written} of ${serverText(server)} ${found}`,
    at: serverPlace(server, 'hosts', index),
    symptom: `${refused}; where it is not asked, clients of this host: ${without}`,
    remedy: patchGateway(server, 'replace', ['hosts', index], value),
  };
}

const withoutHosts = (server: ServerRef): Problem => ({
  kind: 'problem',
  message: `${serverText(server)} has no hosts`,
  at: serverPlace(server),
  symptom: `${refused}: server config must contain at least one host`,
  remedy: patchGateway(server, 'add', ['hosts'], ['NAME.EXAMPLE.COM']),
});

function virtualServiceProblem(vs: VirtualService, index: number, host: string, found: string): Problem {
  return {
    kind: 'problem',
    message: `host ${host} of ${resourceText(vs.id)} ${found}`,
    at: { resource: vs, path: ['spec', 'hosts', index] },
    symptom: `${refused}; where it is not asked, clients of this host: ${NO_ROUTE}`,
    remedy: patchObject(vs, 'replace', ['spec', 'hosts', index], meant(host) ?? 'NAME.EXAMPLE.COM'),
  };
}
