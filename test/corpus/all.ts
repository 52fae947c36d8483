import { certsA1 } from './a-certs-1.ts';
import { certsA2 } from './a-certs-2.ts';
import { listenersA1 } from './a-listeners-1.ts';
import { listenersA2 } from './a-listeners-2.ts';
import { secretsA1 } from './a-secrets-1.ts';
import { secretsA2 } from './a-secrets-2.ts';
import { secretsA3 } from './a-secrets-3.ts';
import { destinationsB1 } from './b-destinations-1.ts';
import { destinationsB2 } from './b-destinations-2.ts';
import { destinationsB3 } from './b-destinations-3.ts';
import { routesB1 } from './b-routes-1.ts';
import { routesB2 } from './b-routes-2.ts';
import { policyC1 } from './c-policy-1.ts';
import { policyC2 } from './c-policy-2.ts';
import { policyC3 } from './c-policy-3.ts';
import type { Case } from './cases.ts';
import { oddD1 } from './d-odd-1.ts';
import { oddD2 } from './d-odd-2.ts';
import { oddD3 } from './d-odd-3.ts';
import { webhook1 } from './w-webhook-1.ts';
import { webhook2 } from './w-webhook-2.ts';
import { moreNear1 } from './x-more-1.ts';
import { moreNear2 } from './x-more-2.ts';
import { moreNear3 } from './x-more-3.ts';

/** Every case, by tier of the catalogue. */
export const cases: Record<string, readonly Case[]> = {
  'A: Secrets 1': secretsA1,
  'A: Secrets 2': secretsA2,
  'A: Secrets 3': secretsA3,
  'A: certificates 1': certsA1,
  'A: certificates 2': certsA2,
  'A: listeners 1': listenersA1,
  'A: listeners 2': listenersA2,
  'B: routes 1': routesB1,
  'B: routes 2': routesB2,
  'B: destinations 1': destinationsB1,
  'B: destinations 2': destinationsB2,
  'B: destinations 3': destinationsB3,
  'C: policy 1': policyC1,
  'C: policy 2': policyC2,
  'C: policy 3': policyC3,
  'D: found by experiment 1': oddD1,
  'D: found by experiment 2': oddD2,
  'D: found by experiment 3': oddD3,
  'refused by the webhook 1': webhook1,
  'refused by the webhook 2': webhook2,
  'more 1': moreNear1,
  'more 2': moreNear2,
  'more 3': moreNear3,
};
