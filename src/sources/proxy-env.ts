import { BlockList, isIP } from 'node:net';

type Env = Readonly<Record<string, string | undefined>>;

const of = (env: Env, name: string): string => env[name] || env[name.toLowerCase()] || '';

/** Does NO_PROXY name this host? Entries are hosts, domains (with all below them), addresses, ranges, each with a port at will. */
function isExcluded(url: URL, list: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return list
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      const range = /^([0-9a-f.:]+)\/(\d+)$/.exec(entry);
      if (range) return inRange(host, range[1]!, Number(range[2]));
      const [, name = '', wanted] = /^(\[[^\]]+\]|[^:]*|[0-9a-f:]+?)(?::(\d+))?$/.exec(entry) ?? [];
      if (wanted !== undefined && wanted !== port) return false;
      const bare = name.replace(/^\[|\]$/g, '').replace(/^\*/, '');
      if (bare === '') return false;
      if (isIP(bare)) return bare === host;
      // `example.com` takes the domain itself too, `.example.com` only what is below it.
      return bare.startsWith('.') ? host.endsWith(bare) : host === bare || host.endsWith(`.${bare}`);
    });
}

function inRange(host: string, network: string, prefix: number): boolean {
  const family = isIP(host);
  if (family === 0 || family !== isIP(network) || prefix > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(network, prefix, family === 4 ? 'ipv4' : 'ipv6');
  return list.check(host, family === 4 ? 'ipv4' : 'ipv6');
}

/** Go never sends what is for this machine through a proxy of the environment. */
const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || (isIP(host) === 4 && host.startsWith('127.'));

/** The proxy that HTTPS_PROXY, HTTP_PROXY and NO_PROXY want for this server, as Go's programs understand them; null for none. */
export function proxyFor(server: string, env: Env): string | null {
  const url = new URL(server);
  const proxy = of(env, url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY');
  if (proxy === '' || isLoopback(url.hostname) || isExcluded(url, of(env, 'NO_PROXY'))) return null;
  return /^[a-z0-9]+:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
}
