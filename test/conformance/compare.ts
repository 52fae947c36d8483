type Json = unknown;
type Body = Readonly<Record<string, Json>>;

const isBody = (value: Json): value is Body => typeof value === 'object' && value !== null && !Array.isArray(value);

/** null, an empty list and an absent key are the same (oracle/README.md). */
function normal(value: Json): Json {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(normal);
  if (!isBody(value)) return value ?? undefined;
  const entries = Object.entries(value)
    .map(([key, v]) => [key, normal(v)] as const)
    .filter(([, v]) => v !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries);
}

const byText = (list: Json): Json[] =>
  (Array.isArray(list) ? [...list] : []).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

const byName = (list: Json): Json[] =>
  (Array.isArray(list) ? [...list] : []).sort((a, b) =>
    String((a as Body)['name']) < String((b as Body)['name']) ? -1 : 1,
  );

/** Orders what carries no order: listeners, route configurations, AUTO_PASSTHROUGH chains. */
function canonical(config: Json): Json {
  const body = isBody(config) ? config : {};
  const listeners = byName(body['listeners']).map((listener) => {
    const chains = ((listener as Body)['chains'] ?? []) as Body[];
    const isAuto = (chain: Body) =>
      Array.isArray(chain['applicationProtocols']) && chain['applicationProtocols'].length > 0;
    return { ...(listener as Body), chains: [...chains.filter((c) => !isAuto(c)), ...byText(chains.filter(isAuto))] };
  });
  return normal({ listeners, routes: byName(body['routes']), secrets: body['secrets'] });
}

function firstDifference(path: string, wanted: Json, got: Json): string | null {
  if (isBody(wanted) && isBody(got)) {
    for (const key of new Set([...Object.keys(wanted), ...Object.keys(got)])) {
      const found = firstDifference(`${path}.${key}`, wanted[key], got[key]);
      if (found) return found;
    }
    return null;
  }
  if (Array.isArray(wanted) && Array.isArray(got)) {
    for (let i = 0; i < Math.max(wanted.length, got.length); i++) {
      const found = firstDifference(`${path}[${i}]`, wanted[i], got[i]);
      if (found) return found;
    }
    return null;
  }
  if (JSON.stringify(wanted) === JSON.stringify(got)) return null;
  return `config${path}\n  istiod: ${JSON.stringify(wanted)}\n  ours:   ${JSON.stringify(got)}`;
}

/** The first difference between two configurations in words, or null. */
export const configDifference = (wanted: Json, got: Json): string | null =>
  firstDifference('', canonical(wanted), canonical(got));

/** The first differing row of two tables, or null. */
export function tableDifference(name: string, wanted: string, got: string): string | null {
  if (wanted === got) return null;
  const [w, g] = [wanted.split('\n'), got.split('\n')];
  const row = w.findIndex((line, i) => line !== g[i]);
  const at = row < 0 ? w.length : row;
  return `${name}, row ${at + 1}\n  istioctl: ${JSON.stringify(w[at])}\n  ours:     ${JSON.stringify(g[at])}`;
}
