import type { EnvoyConfig, FilterChain, Listener, RouteConfiguration, ServerRef } from '../../model/envoy-config.ts';
import { oncePer } from '../../model/once.ts';
import { isHttpFamilyServer } from './servers.ts';

/** A listener with a chain for plain HTTP, and the routes of that chain. */
export interface PlainHttp {
  readonly config: EnvoyConfig;
  readonly listener: Listener;
  readonly chain: FilterChain;
  readonly configuration: RouteConfiguration;
}

/** Every chain of a workload that speaks plain HTTP. */
export const plainHttpOf: (config: EnvoyConfig) => readonly PlainHttp[] = oncePer((config) => {
  if (config.crash !== null) return [];
  const byName = new Map(config.routes.map((r) => [r.name, r]));
  return config.listeners.flatMap((listener) =>
    listener.chains.flatMap((chain): PlainHttp[] => {
      const configuration = chain.target.kind === 'http' && !chain.tls ? byName.get(chain.target.route) : undefined;
      return configuration ? [{ config, listener, chain, configuration }] : [];
    }),
  );
});

/** Every chain that speaks plain HTTP. */
export const plainHttp = (configs: readonly EnvoyConfig[]): readonly PlainHttp[] => configs.flatMap(plainHttpOf);

/** True for a plain HTTP server that sends its clients to HTTPS (F6). */
export const redirects = ({ server }: ServerRef): boolean =>
  isHttpFamilyServer(server) && server.tls?.httpsRedirect === true;
