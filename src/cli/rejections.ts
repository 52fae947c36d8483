import { listenerRejections } from '../envoy/accept.ts';
import type { EnvoyConfig } from '../model/envoy-config.ts';
import { visible } from '../render/visible.ts';

/** Tells for each listener of a configuration, by name, why Envoy refuses it; null when it takes it. */
export function rejectedIn(config: EnvoyConfig): (listener: string) => string | null {
  const errors = new Map(listenerRejections(config).map(({ listener, error }) => [listener.name, error]));
  return (name) => errors.get(name) ?? null;
}

/** istiod sends these listeners and istioctl shows them, but Envoy does not take them; '' when it takes all. */
export const rejectionNote = (config: EnvoyConfig): string =>
  listenerRejections(config)
    .map(({ listener, error }) =>
      visible(`note: Envoy refuses listener ${listener.name} whole and keeps the one it had before, if any: ${error}`),
    )
    .map((line) => `${line}\n`)
    .join('');
