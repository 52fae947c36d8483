import type { Route } from '../model/envoy-config.ts';

/** The path that istiod writes into the metadata of routes; istioctl prints it as VIRTUAL SERVICE. mirrors: F22. */
export const configPath = ({ virtualService: { id } }: Route): string =>
  `/apis/networking.istio.io/v1/namespaces/${id.namespace}/virtual-service/${id.name}`;

/** The VIRTUAL SERVICE column, from the path of the VirtualService in the metadata (H17). */
export function virtualServiceText(config: string): string {
  if (config === '') return '';
  if (!config.startsWith('/apis/networking.istio.io/')) return '<unknown>';
  const pieces = config.split('/');
  return pieces.length === 8 ? `${pieces[7]}.${pieces[5]}` : '';
}
