import { defineRule } from './rule.ts';

export default defineRule({
  id: 'unused-ignore',
  summary: 'An ignore silences nothing, or names a rule that does not exist',
  severity: 'info',
  inputs: ['unusedIgnores'],
  since: '0.1.0',
  *check({ unusedIgnores }) {
    for (const { at, rule, known, nearest } of unusedIgnores) {
      const message = known
        ? `this ignore of ${rule} silences nothing`
        : rule === ''
          ? 'this ignore names no rule'
          : `this ignore names ${rule}, which is no rule${nearest ? `; did you mean ${nearest}?` : ''}`;
      const remedy = known
        ? 'Remove the ignore.'
        : 'Write the id of a rule in brackets: # tlsgw: ignore[rule-id] reason (kubectl tlsgw rules lists them).';
      yield { kind: 'problem', message, at, about: rule, remedy };
    }
  },
});
