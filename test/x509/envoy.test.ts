import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { judgeCa } from '../../src/x509/ca.ts';
import { judgeKeyPair } from '../../src/x509/key-pair.ts';
import { judgeCrl } from '../../src/x509/revocation.ts';
import { askEnvoy } from './envoy.ts';
import { allCases, type Case } from './mutations.ts';

/** Answers of Envoy 1.38.3 to every case: text -> names. `TLSGW_ENVOY=<binary> npx vitest run test/x509` records them anew. */
const CORPUS = new URL('./corpus/envoy-1.38.3.json', import.meta.url);
const NOW = new Date('2026-06-01');
const cases = allCases();

async function recorded(): Promise<ReadonlyMap<string, string>> {
  const binary = process.env.TLSGW_ENVOY;
  if (binary !== undefined) {
    const answers = await askEnvoy(binary, cases);
    const byText: Record<string, string[]> = {};
    cases.forEach(({ name }, index) => {
      const names = byText[answers[index]!] ?? [];
      names.push(name);
      byText[answers[index]!] = names;
    });
    writeFileSync(CORPUS, `${JSON.stringify(byText, null, 1)}\n`);
  }
  const byText = JSON.parse(readFileSync(CORPUS, 'utf8')) as Record<string, string[]>;
  return new Map(Object.entries(byText).flatMap(([text, names]) => names.map((name) => [name, text] as const)));
}

const textOf = (verdict: { readonly kind: string; readonly text?: string }): string => verdict.text ?? '';

/** What we say: Envoy reads the CA, then its revocation list, then certificate and key. */
function predicted({ certificate, key, ca, crl }: Case): string {
  if (ca !== null) {
    const verdict = judgeCa(ca, NOW);
    if (verdict.kind === 'refused') return verdict.text;
    if (crl !== null) {
      const lists = judgeCrl(crl, verdict.certificates, NOW, verdict.crls);
      if (lists.kind === 'refused') return lists.text;
    }
  }
  return textOf(judgeKeyPair(certificate, key()));
}

/** The cause of a damaged key depends on the damage; then only the words before it are predicted. */
const agree = (ours: string, envoy: string): boolean =>
  ours.endsWith('Cause: ') ? envoy.startsWith(ours) : ours === envoy;

describe('Envoy 1.38.3', async () => {
  const answers = await recorded();

  it('has answered every case', () => {
    expect(cases.filter(({ name }) => !answers.has(name)).map(({ name }) => name)).toEqual([]);
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
  });

  it('says what we predict', () => {
    const differences = cases
      .map((item) => ({ name: item.name, ours: predicted(item), envoy: answers.get(item.name)! }))
      .filter(({ ours, envoy }) => !agree(ours, envoy));
    expect(differences).toEqual([]);
  });
});
