import { visible } from './visible.ts';

/** How one attempt looked from here; a plain copy of what the probe saw. */
interface Seen {
  readonly outcome: string;
  readonly code: string;
  readonly address: string;
  readonly protocol: string;
  readonly alpn: string;
  readonly status: number | null;
  readonly location: string;
}

export interface ProbeStory {
  readonly title: string;
  readonly attempts: readonly {
    readonly offers: string;
    readonly dialled: Seen & { readonly certificate: Readonly<Record<string, unknown>> | object | null };
    readonly certificate: { readonly text: string; readonly problems: readonly string[] };
  }[];
  /** Beside the prediction; null when there is none. */
  readonly verdict: { readonly agrees: boolean; readonly text: string; readonly usually: string } | null;
  readonly good: boolean;
}

const words: Readonly<Record<string, string>> = {
  connected: 'connected',
  refused: 'connection refused: nothing listens there',
  reset: 'connection reset',
  closed: 'closed without a word',
  timeout: 'no answer in time',
  'no-address': 'the name leads nowhere from here',
  alert: 'refused in the handshake',
  'plain-answer': 'wrong version number: the port speaks plain text',
  failed: 'failed',
};

function attemptText({ offers, dialled, certificate }: ProbeStory['attempts'][number]): string[] {
  const { outcome, code, address, protocol, alpn, status, location } = dialled;
  const agreed = [address && `to ${address}`, protocol, alpn && `ALPN ${alpn}`].filter(Boolean).join(', ');
  const answer = status === null ? '' : `; answer ${status}${location === '' ? '' : ` to ${location}`}`;
  const reason = code === '' || outcome === 'connected' ? '' : ` (${code})`;
  const lines = [
    `  offering ${offers}: ${words[outcome] ?? outcome}${reason}${agreed === '' ? '' : ` ${agreed}`}${answer}`,
  ];
  if (certificate.text !== '') lines.push(`    certificate: ${certificate.text}`);
  for (const problem of certificate.problems) lines.push(`    problem: ${problem}`);
  return lines;
}

/** What the probe saw, attempt by attempt, and whether the prediction agrees. */
export function probeText(story: ProbeStory): string {
  const lines = [story.title, ...story.attempts.flatMap(attemptText)];
  if (story.verdict) {
    lines.push(`  prediction: ${story.verdict.text}`);
    lines.push(
      story.verdict.agrees ? '  => reality agrees with the prediction' : '  => reality differs from the prediction',
    );
    if (!story.verdict.agrees && story.verdict.usually !== '') lines.push(`     usually: ${story.verdict.usually}`);
  }
  return `${lines.map(visible).join('\n')}\n`;
}
