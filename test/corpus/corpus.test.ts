import { describe, expect, it } from 'vitest';
import { cases } from './all.ts';
import { differences, line, run } from './run.ts';

/** Set SHOW to part of a title, a rule id or `all` to read what is said about the cases. */
const show = process.env.SHOW;

for (const tier of Object.keys(cases)) {
  describe(tier, () => {
    for (const one of cases[tier]!) {
      it(`${one.expected === null ? 'near' : 'broken'} ${one.rule}: ${one.title}`, () => {
        if (show === 'all' || (show && `${one.rule}: ${one.title}`.includes(show))) print(one);
        const wrong = differences(one);
        expect(wrong.length, wrong.join('\n')).toBe(0);
      });
    }
  });
}

it('has no title twice (the title decides the style)', () => {
  const titles = Object.values(cases).flatMap((all) => all.map((c) => `${c.expected === null} ${c.rule} ${c.title}`));
  expect(titles.filter((t, i) => titles.indexOf(t) !== i)).toEqual([]);
});

function print(one: (typeof cases)[string][number]): void {
  const { findings, undecided, text } = run(one);
  const out = [`\n##### ${one.expected === null ? 'near' : 'broken'} ${one.rule}: ${one.title}`];
  if (process.env.SHOW_YAML) out.push(text);
  for (const f of findings) {
    if (f.severity === 'info' && f.rule !== one.rule) continue;
    out.push(
      `${line(f)} :${f.location?.line}:${f.location?.column}`,
      `  ${f.message}`,
      `  = ${f.symptom}`,
      `  > ${f.remedy}`,
    );
    for (const r of f.related)
      out.push(`  - ${r.resource.kind} ${r.resource.namespace}/${r.resource.name} ${r.path}: ${r.message}`);
  }
  for (const u of undecided) if (u.rule === one.rule) out.push(`? ${u.question} / ${u.because} / ${u.decides.command}`);
  console.log(out.join('\n'));
}
