import { secretsA } from './a-secrets.ts';
import { certsA } from './a-certs.ts';
import { listenersA } from './a-listeners.ts';
import { destinationsB } from './b-destinations.ts';
import { routesB } from './b-routes.ts';
import type { Case } from './cases.ts';

/** Every case, by tier of the catalogue. */
export const cases: Record<string, readonly Case[]> = {
  'A: Secrets': secretsA,
  'A: certificates': certsA,
  'A: listeners': listenersA,
  'B: routes': routesB,
  'B: destinations': destinationsB,
};
