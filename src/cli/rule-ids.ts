import { rules } from '../rules/index.ts';
import type { Rule } from '../rules/rule.ts';
import { UsageError } from './errors.ts';
import { didYouMean } from './nearest.ts';

/** What the catalogue says of a rule. */
export type RuleCard = Pick<Rule, 'id' | 'summary' | 'severity' | 'since'>;

/** Every rule, in alphabetical order. */
export const catalogue: readonly RuleCard[] = rules;

/** Returns the rule of this id; an unknown one is wrong usage. */
export function ruleOf(id: string): RuleCard {
  const rule = catalogue.find((r) => r.id === id);
  if (rule) return rule;
  const ids = catalogue.map((r) => r.id);
  throw new UsageError(
    `unknown rule ${JSON.stringify(id)}${didYouMean(id, ids)}`,
    "'kubectl tlsgw rules' lists them all.",
  );
}
