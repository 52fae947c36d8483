import { describe, expect, it } from 'vitest';
import type { Surroundings } from '../../src/cli/command.ts';
import { type RunExample, runExample } from '../../src/cli/example.ts';
import { exampleOf } from '../../src/pages/page.ts';
import { root } from '../cli/run.ts';
import { pageIds, readPage } from './page.ts';

const around: Surroundings = {
  root,
  cwd: root,
  color: 0,
  width: null,
  output: { note: () => {}, complaint: () => {}, result: async () => {} },
};

/** Rules about something that no client meets on a connection. All others must show a request. */
const withoutRequest = [
  'duplicate-object',
  'duplicate-vs-host',
  'gateway-crashes-istiod',
  'gateway-selects-foreign-workload',
  'schema',
  'udp-server-is-tcp',
  'unused-ignore',
];

/**
 * Rules whose request ends well as far as the gateway is concerned: it is the client, the backend or a later moment that
 * suffers, or an info says what is served. Every other trace must end in the page's symptom.
 */
const endsWell: Readonly<Record<string, RegExp>> = {
  'ambiguous-target-port': /^answered/,
  'backend-plain-to-https': /^answered by the backend$/,
  'ca-credential-suffix': /^answered by the backend$/,
  'cert-cn-only': /^answered/,
  'cert-expiring-soon': /^answered/,
  'chain-incomplete': /^answered/,
  'client-ca-is-server-ca': /^answered/,
  'credential-conflict': /^answered/,
  'credential-names': /^answered/,
  'double-tls': /^the bytes are passed on/,
  'dr-credential-secret': /^answered/,
  'hosts-replaced-by-star': /^answered/,
  'https-redirect-missing': /^answered/,
  'mesh-mtls-setting-ignored': /^answered/,
  'redirect-blocks-acme': /^301 to https:/,
  'redirect-dropped': /^301 to https:/,
  'redirect-loop-behind-lb': /^301 to https:/,
  'redirect-without-https': /^301 to https:/,
  'route-shadowed-across-vs': /^answered/,
  'secret-shadowed-keys': /^answered/,
  'tls-files-incomplete': /^answered/,
  'vs-match-gateway-unknown': /^answered/,
};

/** What a page or a finding must say when its request ends so (symptoms.md 5). */
const claims: readonly (readonly [ends: RegExp, claim: RegExp])[] = [
  [/\(60\)/, /\(60\)/],
  [/^answered by the backend, but .* 503/, /503/],
  [/^404 /, /404/],
  [/^503 /, /503/],
  [/reset by peer/, /reset by peer/],
  [/^refused/, /Couldn't connect|connection refused/],
  [/wrong version number/, /wrong version number/],
  [/alert certificate required/, /alert certificate required/],
  [/no client certificate passes/, /certificate expired|every client certificate/],
  [/no common cipher/, /alert handshake failure/],
  [/SSL_ERROR_SYSCALL/, /SSL_ERROR_SYSCALL/],
  [/pod's own listener/, /health check/],
  [/^undecided/, /reset/],
];

const ids = pageIds();

const traceOf = (id: string) => {
  const trace = exampleOf(readPage(id))?.trace;
  if (!trace) throw new Error(`docs/rules/${id}.md: the first broken example has no trace`);
  return trace;
};

function whatClientsSee(id: string): string {
  return readPage(id).text.split('\n## What clients see\n')[1]?.split('\n## ')[0] ?? '';
}

function claimed(id: string, run: RunExample, conclusion: string): void {
  const expected = endsWell[id];
  if (expected) {
    expect(conclusion).toMatch(expected);
    return;
  }
  const claim = claims.find(([ends]) => ends.test(conclusion))?.[1];
  expect(claim, `nothing is known to end so: ${conclusion}`).toBeDefined();
  expect([run.findings[0]?.symptom, whatClientsSee(id)].join('\n')).toMatch(claim!);
}

describe('the request of a rule', () => {
  it('is shown by every page whose rule is about connections, and by no other', () => {
    expect(ids.filter((id) => traceOf(id).kind === 'none')).toEqual(withoutRequest);
  });

  it('is traced by the pages that are known to end well', () => {
    expect(Object.keys(endsWell).filter((id) => !ids.includes(id) || withoutRequest.includes(id))).toEqual([]);
  });

  for (const id of ids.filter((each) => !withoutRequest.includes(each))) {
    it(`${id} ends as its page says, for the reason that the rule names`, async () => {
      const run = (await runExample(id, around))!;
      const trace = traceOf(id);
      expect(run.findings.map((f) => f.rule)).toContain(id);
      expect(run.stories.map((s) => s.conclusion)).toEqual([trace.kind === 'request' ? trace.ends : '']);
      const [story] = run.stories;
      claimed(id, run, story!.conclusion);
      // An info about what is served explains no failure.
      const named = story!.explained.filter((line) => line.includes(`[${id}]:`));
      expect(named.length > 0).toBe(run.findings[0]!.severity !== 'info' || !story!.works);
    });
  }

  it('is traced at run time: with another input it ends differently', async () => {
    const broken = (await runExample('secret-not-found', around))!;
    expect(broken.stories[0]!.result.outcome).toBe('reset');
    expect(broken.session.configs[0]!.secrets.map((s) => s.payload.kind)).toEqual(['not-delivered']);
  });
});
