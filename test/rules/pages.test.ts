import { describe, expect, it } from 'vitest';
import { mismatches } from './compare.ts';
import { pageIds, readPage } from './page.ts';
import { run } from './pipeline.ts';

/** Set SHOW to a rule's id (or to `all`) to read what its examples say. */
const show = process.env.SHOW;

for (const id of pageIds()) {
  describe(id, () => {
    for (const example of readPage(id).examples) {
      it(`${example.kind}: ${example.title} (docs/rules/${id}.md:${example.line})`, () => {
        const outcome = run(example);
        if (show === id || show === 'all') {
          for (const f of outcome.findings) {
            console.log(
              `${example.kind}: ${f.severity} ${f.rule} ${f.location?.line}\n  ${f.message}\n  = ${f.symptom}\n  > ${f.remedy}`,
            );
            for (const r of f.related) console.log(`  - ${r.resource.kind} ${r.resource.name} ${r.path}: ${r.message}`);
          }
          for (const u of outcome.undecided)
            console.log(`? ${u.rule} ${u.question}\n  ${u.because}\n  > ${u.decides.command}`);
        }
        expect([...outcome.problems, ...mismatches(id, example, outcome)].join('\n')).toBe('');
        if (example.kind !== 'Broken') return;
        for (const finding of outcome.findings.filter((f) => f.rule === id && f.severity !== 'info')) {
          expect(finding.symptom, 'a finding says what clients see').not.toBe('');
          expect(finding.remedy, 'a finding says how to fix it').not.toBe('');
        }
      });
    }
  });
}
