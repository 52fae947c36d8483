import { isOpenTo } from '../istio/hosts.ts';
import { isHttpServer, isTlsServer } from '../istio/protocol.ts';
import type { ClusterView, VirtualService } from '../model/cluster-view.ts';
import { serverPlace } from '../model/envoy-config.ts';
import { keyOf, type Place, resourceText } from '../model/resource.ts';
import { bindingOf, gatewaysByKey } from './facts/bindings.ts';
import { patchObject } from './facts/commands.ts';
import { type HostIndex, hostsOfGateway, isServedUnderHttp, type OpenHost } from './facts/host-index.ts';
import { liveServers } from './facts/live.ts';
import { type LostHost, lostHosts } from './facts/lost-hosts.ts';
import { boundByGateway, hostsOf } from './facts/routes.ts';
import { patchGateway, serverText } from './facts/servers.ts';
import { clientsOf, enumerate, NO_ROUTE, RESET } from './facts/symptoms.ts';
import { defineRule, type Problem } from './rule.ts';

export default defineRule({
  id: 'vs-host-not-in-gateway',
  summary: 'A host of a VirtualService is on no server of the Gateways it is bound to',
  severity: 'warning',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    const live = new Set(liveServers(configs).map((l) => l.server.server));
    for (const vs of suspects(view)) {
      const binding = bindingOf(view, vs);
      // Unknown Gateways may have it.
      if (binding.isPartial) continue;
      const open = binding.gateways.map(hostsOfGateway);
      if (areServed(vs, open, view.mesh.domain)) continue;
      if (open.every((o) => o.all.length === 0)) continue;
      const lost = lostHosts(view, vs, open, live);
      if (lost.length > 0) yield problemOf(view, vs, lost, open);
    }
  },
});

/** Those with a host that a Gateway of theirs does not serve by itself. By Gateway, since most name only one. */
function suspects(view: ClusterView): Set<VirtualService> {
  const found = new Set<VirtualService>();
  for (const [key, bound] of boundByGateway(view)) {
    const gateway = gatewaysByKey(view).get(key);
    if (gateway === undefined) continue;
    const open = [hostsOfGateway(gateway)];
    for (const vs of bound) if (!areServed(vs, open, view.mesh.domain)) found.add(vs);
  }
  return found;
}

/** True when all hosts are served by what stands under `http`: nothing is lost then. */
function areServed(vs: VirtualService, open: readonly HostIndex[], domain: string): boolean {
  for (const host of hostsOf(vs, domain)) if (!isServedUnderHttp(host, open, vs.id.namespace)) return false;
  return true;
}

/** A Gateway may have thousands of hosts; more than these help nobody. */
const most = 50;

function problemOf(
  view: ClusterView,
  vs: VirtualService,
  lost: readonly LostHost[],
  open: readonly HostIndex[],
): Problem {
  const first = lost[0]!;
  const all = open.flatMap((o) => o.all.slice(0, most));
  const total = open.reduce((sum, o) => sum + o.all.length, 0);
  const { gateways } = bindingOf(view, vs);
  const hostPlace = ({ index }: LostHost): Place => ({ resource: vs, path: ['spec', 'hosts', index] });
  const names = lost.map((l) => l.written);
  const short = names.find((n) => !n.includes('.') && n !== '*');
  const has = first.near
    ? first.near.why
    : `${gateways.length > 1 ? 'they have' : 'it has'} ${
        total > most
          ? `${total} others`
          : enumerate(
              all.map((o) => o.host),
              2,
            )
      }`;
  const tls = all.some((o) => isTlsServer(o.ref.server));
  return {
    kind: 'problem',
    message:
      `no server of ${enumerate(
        gateways.map((g) => resourceText(g.id)),
        1,
      )} takes ${enumerate(names, first.near ? 1 : 2)} of ${resourceText(vs.id)}` +
      `${short && !first.near ? ` (${short} is read as ${short}.${vs.id.namespace}.svc.${view.mesh.domain})` : ''}: ${has}`,
    at: hostPlace(first),
    related: [
      ...lost.slice(1).map((l) => ({ at: hostPlace(l), message: l.near?.why ?? 'not taken either' })),
      ...[...new Set(all.map((o) => o.ref))].slice(0, 10).map((ref) => ({
        at: serverPlace(ref, 'hosts'),
        message: serverText(ref),
      })),
    ],
    symptom: clientsOf(names, tls ? `${RESET} (TLS) or ${NO_ROUTE} (plain HTTP)` : NO_ROUTE),
    remedy: remedyOf(vs, first, all),
  };
}

function remedyOf(vs: VirtualService, { index, written, near }: LostHost, all: readonly OpenHost[]): string {
  const rename = (host: string) => patchObject(vs, 'replace', ['spec', 'hosts', index], host);
  if (near && near.open.host !== written && near.open.host.toLowerCase() === written.toLowerCase()) {
    return rename(near.open.host);
  }
  if (!written.includes('.') && written !== '*') {
    const exact = all.find((o) => !o.host.startsWith('*'));
    return `Write the name that clients use:\n  ${rename(exact?.host ?? 'HOST')}`;
  }
  const target = (near?.open ?? all.find((o) => isHttpServer(o.ref.server)) ?? all[0]!).ref;
  const closed = near && !isOpenTo(near.open, vs.id.namespace);
  const host = closed ? `${vs.id.namespace}/${near.open.host}` : written;
  return `Add the host to ${serverText(target)}:\n  ${patchGateway(target, 'add', ['hosts', '-'], host)}\nor correct it in VirtualService ${keyOf(vs.id)}.`;
}
