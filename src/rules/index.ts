import unusedIgnore from './unused-ignore.ts';

/** Every rule, in alphabetical order. */
export const rules = [unusedIgnore] as const;

/** The ids of all rules; an unknown one does not compile. */
export type RuleId = (typeof rules)[number]['id'];
