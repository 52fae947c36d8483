import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { DropReason } from '../../src/model/envoy-config.ts';
import { type RuleId, rules } from '../../src/rules/index.ts';
import { precedences } from '../../src/rules/settle.ts';
import { readme, readmeFile } from '../../tools/docs.ts';
import { fixedSections, pageIds, readPage } from './page.ts';

const folder = new URL('../../src/rules/', import.meta.url);
/** What lies beside the rules: the engine. */
const engine = new Set(['draft', 'fingerprint', 'index', 'rule', 'run', 'settle', 'suppress']);
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.ts') && !engine.has(name.slice(0, -3)))
  .map((name) => name.slice(0, -3));
const source = (id: string) => readFileSync(new URL(`${id}.ts`, folder), 'utf8');
const ids: readonly string[] = rules.map((r) => r.id);

/**
 * Who speaks about each discard of the compiler: a rule; nobody, because nothing is wrong; or a rule of the catalogue
 * (rules.md) that is still to be written.
 */
const spokenFor: Record<DropReason, RuleId | { readonly harmless: string } | { readonly planned: string }> = {
  'server-without-port': 'schema',
  'hosts-replaced-by-star': 'hosts-replaced-by-star',
  'sni-hidden-by-star': { planned: 'sni-hidden-by-star' },
  'duplicate-host': 'server-dropped-duplicate-host',
  'protocol-conflict': 'server-dropped-protocol-conflict',
  'route-name-reused': 'duplicate-port-name',
  'replaced-by-plain-server': 'protocol-tls-mismatch',
  'route-list-overwritten': 'sni-collision',
  'privileged-port': 'privileged-port-skipped',
  'no-target-port': 'service-port-without-target',
  'no-chain': 'passthrough-no-tls-route',
  'credential-ignored': 'tls-mode-missing',
  'vs-server-dropped': { harmless: 'a consequence, listed with the dropped server' },
  'vs-not-visible': 'vs-not-visible-to-gateway',
  'vs-host-mismatch': 'vs-host-not-in-gateway',
  'vs-delegate': { harmless: 'a delegate is used through its root' },
  'delegate-not-found': { planned: 'delegate-not-found' },
  'delegate-is-root': { planned: 'delegate-not-found' },
  'delegate-not-exported': 'vs-not-visible-to-gateway',
  'delegate-match-conflict': { planned: 'delegate-match-conflict' },
  'rule-after-catch-all': { planned: 'route-shadowed' },
  'match-filtered': 'vs-match-port',
  'block-ignored': 'passthrough-no-tls-route',
  'rule-not-first': 'route-shadowed-across-vs',
  'duplicate-sni': { planned: 'duplicate-sni' },
  'rule-without-match': 'sni-missing',
  'route-shadowed': 'route-shadowed-across-vs',
  'secret-not-delivered': 'secret-not-found',
};

describe('the registry', () => {
  it('lists every rule file once, in alphabetical order', () => {
    expect(ids).toEqual([...ids].sort());
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids]).toEqual(files.sort());
  });

  it('has a page for every rule and a rule for every page', () => {
    expect(pageIds()).toEqual([...ids].sort());
  });

  it('knows the rules of its precedences, or they are planned', () => {
    const planned = ['chain-order', 'redirect-dropped'];
    for (const p of precedences) {
      for (const id of [p.winner, p.over]) expect(ids.includes(id) || planned.includes(id), id).toBe(true);
    }
  });

  it('speaks for every drop with a rule that exists, or says why not', () => {
    for (const [reason, by] of Object.entries(spokenFor)) {
      if (typeof by === 'string') expect(ids, reason).toContain(by);
      else if ('planned' in by) expect(ids, `${reason} is no longer planned`).not.toContain(by.planned);
    }
  });
});

for (const rule of rules) {
  describe(rule.id, () => {
    it('is named after the defect', () => {
      expect(rule.id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(rule.id).not.toMatch(/^(no|disallow|require|prefer|check|use)-|(^|-)(must|should)(-|$)/);
    });

    it('is small, and imports neither rules nor the world', () => {
      const text = source(rule.id);
      const imports = [...text.matchAll(/from '([^']+)'/g)].map((m) => m[1]!);
      for (const path of imports)
        expect(path).toMatch(/^(\.\/rule|\.\/facts\/[a-z0-9-]+|\.\.\/(model|istio|envoy|x509)\/[a-z0-9-]+)\.ts$/);
      expect(text).not.toMatch(/new Date\(\)|Date\.now|process\.|console\./);
      expect(text.split('\n').length).toBeLessThanOrEqual(120);
      expect(text).toContain(`id: '${rule.id}'`);
    });

    it('declares its summary as one sentence without a full stop, its inputs and its version', () => {
      expect(rule.summary).toMatch(/^\S.*[^.]$/);
      expect(rule.summary.length).toBeLessThanOrEqual(120);
      expect(rule.inputs.length).toBeGreaterThan(0);
      expect(rule.since).toMatch(/^\d+\.\d+\.\d+$/);
    });

    it('has a page in the fixed form', () => {
      const page = readPage(rule.id);
      expect(page.mistakes).toEqual([]);
      expect(page.title).toBe(rule.id);
      expect(page.summary).toBe(`${rule.summary}.`);
      expect(page.sections).toEqual(fixedSections);
      const kinds = page.examples.map((e) => e.kind);
      for (const kind of ['Broken', 'Fixed', 'Near miss'])
        expect(kinds, `an example "### ${kind}: ..."`).toContain(kind);
      const evidence = page.text.slice(page.text.indexOf('\n## Evidence\n'));
      expect(evidence, 'evidence').toMatch(/https:\/\/|[A-Z]\d+|symptoms\.md/);
    });
  });
}

describe('docs/rules/README.md', () => {
  it('is what tools/docs.ts generates', () => {
    expect(readFileSync(readmeFile, 'utf8')).toBe(readme());
  });
});
