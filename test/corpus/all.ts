import { certsA } from './a-certs.ts';
import { listenersA } from './a-listeners.ts';
import { secretsA } from './a-secrets.ts';
import { destinationsB } from './b-destinations.ts';
import { routesB } from './b-routes.ts';
import { policyC } from './c-policy.ts';
import type { Case } from './cases.ts';
import { oddD } from './d-odd.ts';
import { moreNear } from './more-near.ts';
import { webhook } from './w-webhook.ts';

/** Every case, by tier of the catalogue. */
export const cases: Record<string, readonly Case[]> = {
  'A: Secrets': secretsA,
  'A: certificates': certsA,
  'A: listeners': listenersA,
  'B: routes': routesB,
  'B: destinations': destinationsB,
  'C: policy': policyC,
  'D: found by experiment': oddD,
  'refused by the webhook': webhook,
  more: moreNear,
};
