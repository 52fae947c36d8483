/** The client's words, measured (symptoms.md 5). */
export const RESET = 'curl: (35) Recv failure: Connection reset by peer';
export const REFUSED = "curl: (7) Failed to connect: Couldn't connect to server (connection refused)";
/** No chain for the name; without any other chain there is no listener either (D6). */
export const RESET_OR_REFUSED = `${RESET}, or connection refused when nothing else is on the port`;
export const WRONG_VERSION = 'curl: (35) ... wrong version number';
export const NO_ROUTE = '404 with an empty body';
export const NO_CLUSTER = '503 with an empty body (flag NC, cluster_not_found)';

/** A name from a certificate or a message may be of any length; host names have 253 characters at most. */
export const clip = (text: string): string => (text.length > 255 ? `${text.slice(0, 254)}…` : text);

/** `a`, `a and b`, `a, b and 3 more`: names in a sentence, the first of them when there are more than `most`. */
export function enumerate(texts: readonly string[], most = 4): string {
  const all = [...new Set(texts)].map(clip);
  if (all.length <= 1) return all[0] ?? '';
  const shown = Math.max(1, most - 1);
  if (all.length > most) return `${all.slice(0, shown).join(', ')} and ${all.length - shown} more`;
  return `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
}

/** Who sees it, and what: `clients of a.example.com: curl: (35) ...`. */
export const clientsOf = (hosts: readonly string[], see: string): string =>
  hosts.length === 0 || hosts.includes('*')
    ? `every client of this server: ${see}`
    : `clients of ${enumerate(hosts)}: ${see}`;
