import { isIpAddress, isIpv6 } from '../../model/ip-address.ts';

const label = /^[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?$/;
const firstLabel = /^(\*|(\*-?)?[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?)$/;

/** Why the webhook takes this text for no name, with or without `*` in the first label; null for a good one. mirrors: J9, J12. */
export function domainProblem(host: string): string | null {
  if (host === '') return 'is empty';
  if (host.length > 255) return 'is longer than 255 characters';
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.exec(host);
  if (scheme) return `is a URL: a host has no ${scheme[0]}`;
  if (isIpv6(host) || /^\[.*\](:\d+)?$/.test(host)) return 'is an IPv6 address';
  if (/:\d+$/.test(host)) return 'has a port: ports stand in port.number only';
  if (/[/?#]/.test(host)) return 'has a path';
  const [first = '', ...rest] = host.split('.');
  // One dot at the end is tolerated (rule host-trailing-dot).
  if (rest.at(-1) === '') rest.pop();
  if (first.length > 63 || !firstLabel.test(first)) return `has a bad label "${first}"`;
  const bad = rest.find((part) => part.length > 63 || !label.test(part));
  if (bad !== undefined) return bad.includes('*') ? 'has * elsewhere than at the start' : `has a bad label "${bad}"`;
  return rest.length > 0 && /^\d+$/.test(rest.at(-1)!) ? 'ends in a number and is no IP address' : null;
}

/** Why the webhook refuses this host of a Gateway, without its namespace part; null for a good one. mirrors: J9. */
export function gatewayHostProblem(host: string): string | null {
  if (host === '*') return null;
  const address = isIpAddress(host);
  const problem = address ? null : domainProblem(host);
  if (problem) return problem;
  if (!host.includes('.')) return address ? 'is an IPv6 address' : 'is a short name: a Gateway needs the full one';
  return host.includes('*') && !host.startsWith('*.')
    ? 'is a partial wildcard: * may only be the whole first label'
    : null;
}
