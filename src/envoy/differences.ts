import type { ActualConfig, PlainChain, PlainConfig, PlainListener } from '../model/plain-config.ts';
import { canonical } from './canonical.ts';
import type { Difference } from './difference.ts';
import { differencesOfRoutes } from './route-differences.ts';

const namesOf = (chain: PlainChain): string => (chain.serverNames ?? null)?.join(', ') ?? 'all names';

const chainKey = (chain: PlainChain): string =>
  canonical([[...(chain.serverNames ?? ['*'])].sort(), chain.applicationProtocols ?? [], chain.tls !== undefined]);

/** Fields of two objects that differ, as `tls.certificates`. */
function changedFields(a: unknown, b: unknown, path = ''): string[] {
  const isObject = (v: unknown): v is Readonly<Record<string, unknown>> =>
    typeof v === 'object' && v !== null && !Array.isArray(v);
  if (!isObject(a) || !isObject(b)) return canonical(a) === canonical(b) ? [] : [path];
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return keys.flatMap((key) => changedFields(a[key], b[key], path === '' ? key : `${path}.${key}`));
}

function differencesOfChains(predicted: PlainListener, actual: PlainListener): Difference[] {
  const where = `listener ${predicted.name}`;
  const left = new Map<string, PlainChain[]>();
  for (const chain of actual.chains) left.set(chainKey(chain), [...(left.get(chainKey(chain)) ?? []), chain]);
  const found: Difference[] = [];
  for (const chain of predicted.chains) {
    const same = left.get(chainKey(chain))?.shift();
    if (!same) {
      const message = `there is no filter chain for ${namesOf(chain)}`;
      found.push({ kind: 'chain-missing', where, message, predicted: chain, actual: null });
      continue;
    }
    const fields = changedFields(
      { tls: chain.tls, http: chain.http, tcp: chain.tcp },
      { tls: same.tls, http: same.http, tcp: same.tcp },
    );
    if (fields.length === 0) continue;
    const message = `the filter chain for ${namesOf(chain)} differs in ${fields.join(', ')}`;
    found.push({ kind: 'chain-differs', where, message, predicted: chain, actual: same });
  }
  for (const chain of [...left.values()].flat()) {
    const message = `there is a filter chain for ${namesOf(chain)} that is not predicted`;
    found.push({ kind: 'chain-extra', where, message, predicted: null, actual: chain });
  }
  return found;
}

function differencesOfListeners(predicted: PlainConfig, actual: ActualConfig): Difference[] {
  const running = new Map(actual.listeners.map((l) => [l.name, l]));
  const found: Difference[] = [];
  for (const listener of predicted.listeners) {
    const where = `listener ${listener.name}`;
    const own = running.get(listener.name);
    running.delete(listener.name);
    const words = actual.refused.get(listener.name);
    if (words !== undefined) {
      const rest = own ? 'it goes on with its old version' : 'nothing listens on this port';
      const message = `Envoy has refused the last change, and ${rest}: ${words}`;
      found.push({ kind: 'listener-refused', where, message, predicted: listener, actual: own ?? null });
    } else if (!own) {
      const warming = actual.warmingListeners.has(listener.name);
      const message = warming ? 'it waits for a Secret or routes, and does not listen yet' : 'Envoy does not have it';
      found.push({
        kind: warming ? 'listener-warming' : 'listener-missing',
        where,
        message,
        predicted: listener,
        actual: null,
      });
    }
    if (!own) continue;
    if (own.address !== listener.address || own.port !== listener.port || own.pipe !== listener.pipe) {
      const at = (l: PlainListener): string => l.pipe ?? `${l.address}:${l.port}`;
      const message = `it listens on ${at(own)} and not on ${at(listener)}`;
      found.push({ kind: 'listener-address', where, message, predicted: at(listener), actual: at(own) });
    }
    found.push(...differencesOfChains(listener, own));
  }
  for (const listener of running.values()) {
    const message = 'it is not predicted: an EnvoyFilter, an Ingress or a Kubernetes Gateway may have added it';
    found.push({
      kind: 'listener-extra',
      where: `listener ${listener.name}`,
      message,
      predicted: null,
      actual: listener,
    });
  }
  for (const [name, words] of actual.refused) {
    if (predicted.listeners.some((l) => l.name === name) || actual.listeners.some((l) => l.name === name)) continue;
    const message = `Envoy has refused it: ${words}`;
    found.push({ kind: 'listener-refused', where: `listener ${name}`, message, predicted: null, actual: null });
  }
  return found;
}

function differencesOfSecrets(predicted: PlainConfig, actual: ActualConfig): Difference[] {
  const found: Difference[] = [];
  for (const [name, secret] of Object.entries(predicted.secrets)) {
    const where = `secret ${name}`;
    const own = actual.secrets[name];
    const warming = actual.warmingSecrets.get(name);
    if (secret === 'not delivered') {
      if (own === undefined) continue;
      const message =
        'Envoy has it, though nothing that istiod would deliver now was found; after a restart it is gone';
      found.push({ kind: 'secret-extra', where, message, predicted: secret, actual: own });
    } else if (warming !== undefined) {
      const words = warming === '' ? 'it has not arrived' : `Envoy has refused it: ${warming}`;
      const message = `${words}; ${own ? 'the old one is served on' : 'handshakes that need it are reset'}`;
      found.push({ kind: 'secret-warming', where, message, predicted: secret, actual: own ?? null });
    } else if (own === undefined) {
      found.push({ kind: 'secret-missing', where, message: 'Envoy does not have it', predicted: secret, actual: null });
    } else if (canonical(own) !== canonical(secret)) {
      const message = 'Envoy serves another certificate than the Secret holds now';
      found.push({ kind: 'secret-differs', where, message, predicted: secret, actual: own });
    }
  }
  return found;
}

/** Everything in which a running Envoy differs from the prediction, listeners first. */
export const differences = (predicted: PlainConfig, actual: ActualConfig): Difference[] => [
  ...differencesOfListeners(predicted, actual),
  ...differencesOfRoutes(predicted.routes, actual.routes),
  ...differencesOfSecrets(predicted, actual),
];
