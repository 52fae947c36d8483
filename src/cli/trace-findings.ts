import type { Finding, Undecided } from '../model/finding.ts';
import { type ResourceId, resourceText } from '../model/resource.ts';
import type { TraceStory } from '../render/trace-text.ts';

/** More would hide the one that counts. */
const MOST = 3;

/** What a story says before its findings are known. */
export type Told = Omit<TraceStory, 'explained'>;

interface PlaceText {
  readonly resource: ResourceId;
  readonly path: string;
}

/** Of a Gateway the request meets single servers, of everything else the object. */
function isMet({ resource, path }: PlaceText, met: readonly string[]): boolean {
  const object = resourceText(resource);
  if (resource.kind === 'Gateway') return met.some((text) => `${object} ${path}.`.startsWith(`${text}.`));
  return met.some((text) => `${text} `.startsWith(`${object} `));
}

/** 0: about something that the request met; 1: that is only mentioned, or it is about the backend; 2: neither. */
function distance(finding: Finding, met: readonly string[], host: string): number {
  if (isMet(finding, met)) return 0;
  const isBackend = finding.resource.kind === 'DestinationRule' && finding.symptom.includes(host);
  return isBackend || finding.related.some((related) => isMet(related, met)) ? 1 : 2;
}

/** What the symptom of a finding says that ends a request like this one. Source: symptoms.md 5. */
function expectedWords({ result, works, conclusion }: Told): RegExp {
  if (!works && conclusion.includes('(60)')) return /\(60\)/;
  switch (result.outcome) {
    case 'response':
      return new RegExp(`\\b${result.status}\\b`);
    case 'refused':
      return /Couldn't connect|refused/;
    case 'reset':
      return /reset by peer/;
    case 'tls-error':
      return /alert|client certificate|plain close/;
    case 'plain-answer':
      return /wrong version number/;
    default:
      return /(?!)/;
  }
}

/** What the input leaves open about the Secrets that this end is about; none where it says all. */
export const openSecrets = (undecided: readonly Undecided[], { result }: Told): readonly Undecided[] =>
  result.details === 'Secret_is_not_supplied_by_SDS'
    ? undecided.filter((u) => u.decides.kind === 'file' && u.question.startsWith('Is there a Secret'))
    : [];

/**
 * The findings behind how a request ended: those whose symptom it is first, then what it met, then all others. Where it works, only what is wrong
 * with the objects that it met; infos only where nothing worse explains a failure.
 */
export function explaining(
  findings: readonly Finding[],
  open: readonly Undecided[],
  story: Told,
  host: string,
): string[] {
  const words = expectedWords(story);
  const ranked = findings
    .map((finding) => ({
      finding,
      distance: distance(finding, story.met, host),
      fits: words.test(finding.symptom) ? 0 : 1,
    }))
    .sort((a, b) => a.fits - b.fits || a.distance - b.distance);
  // Nothing of the gateway was met, or only that it speaks no TLS there.
  const { outcome, details } = story.result;
  const near = outcome === 'plain-answer' || details === 'no Service port';
  const loud = ranked.filter((r) => r.finding.severity !== 'info' && (!near || r.fits === 0 || r.distance < 2));
  const fitting = ranked.filter((r) => r.fits === 0);
  const chosen = story.works ? loud.filter((r) => r.distance < 2) : loud.length > 0 || open.length > 0 ? loud : fitting;
  return [
    ...chosen.slice(0, MOST).map(({ finding: f }) => `${f.severity}[${f.rule}]: ${f.message}`),
    ...open.slice(0, MOST).map((u) => `undecided: ${u.question} Because ${u.because}. ${u.decides.command}`),
  ];
}
