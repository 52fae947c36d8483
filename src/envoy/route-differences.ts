import type { PlainRouteConfiguration, PlainVirtualHost } from '../model/plain-config.ts';
import { canonical } from './canonical.ts';
import type { Difference } from './difference.ts';

const hostKey = (host: PlainVirtualHost): string => canonical([...host.domains].sort());

function differencesOfHost(where: string, predicted: PlainVirtualHost, actual: PlainVirtualHost): Difference[] {
  const found: Difference[] = [];
  const [first = predicted.name] = predicted.domains;
  if (predicted.requireTls !== actual.requireTls) {
    const message = `${first} is ${actual.requireTls ? '' : 'not '}redirected to HTTPS`;
    found.push({
      kind: 'host-differs',
      where,
      message,
      predicted: predicted.requireTls ?? null,
      actual: actual.requireTls ?? null,
    });
  }
  const most = Math.max(predicted.routes.length, actual.routes.length);
  for (let i = 0; i < most; i++) {
    const [a, b] = [predicted.routes[i], actual.routes[i]];
    if (canonical(a) === canonical(b)) continue;
    const what = !b ? 'is missing' : !a ? 'is not predicted' : 'differs';
    const message = `route ${i + 1} of ${first} ${what}`;
    found.push({ kind: 'route-differs', where, message, predicted: a ?? null, actual: b ?? null });
    // All that follow are moved by one, and say nothing new.
    if (predicted.routes.length !== actual.routes.length) break;
  }
  return found;
}

function differencesOfConfiguration(predicted: PlainRouteConfiguration, actual: PlainRouteConfiguration): Difference[] {
  const where = `routes ${predicted.name}`;
  const left = new Map(actual.virtualHosts.map((host) => [hostKey(host), host]));
  const found: Difference[] = [];
  for (const host of predicted.virtualHosts) {
    const own = left.get(hostKey(host));
    left.delete(hostKey(host));
    if (own) found.push(...differencesOfHost(where, host, own));
    else {
      const message = `there is no virtual host for ${host.domains.join(', ')}`;
      found.push({ kind: 'host-missing', where, message, predicted: host, actual: null });
    }
  }
  for (const host of left.values()) {
    const message = `there is a virtual host for ${host.domains.join(', ')} that is not predicted`;
    found.push({ kind: 'host-extra', where, message, predicted: null, actual: host });
  }
  return found;
}

/** Where the routes of a running Envoy differ from the prediction. */
export function differencesOfRoutes(
  predicted: readonly PlainRouteConfiguration[],
  actual: readonly PlainRouteConfiguration[],
): Difference[] {
  const left = new Map(actual.map((routes) => [routes.name, routes]));
  const found: Difference[] = [];
  for (const routes of predicted) {
    const own = left.get(routes.name);
    left.delete(routes.name);
    if (own) found.push(...differencesOfConfiguration(routes, own));
    else {
      const message = 'Envoy does not have this route configuration';
      found.push({ kind: 'routes-missing', where: `routes ${routes.name}`, message, predicted: routes, actual: null });
    }
  }
  for (const routes of left.values()) {
    const message = 'this route configuration is not predicted';
    found.push({ kind: 'routes-extra', where: `routes ${routes.name}`, message, predicted: null, actual: routes });
  }
  return found;
}
