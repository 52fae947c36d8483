import { type TraceStory, traceText } from './trace-text.ts';

/** An example of a rule with what the program makes of it. */
export interface ExampleStory {
  readonly id: string;
  /** As the page writes it: `${cert ...}` stands for a certificate, so that no key is printed. */
  readonly example: { readonly title: string; readonly yaml: string };
  /** What else the cluster holds. */
  readonly preludes: readonly { readonly name: string; readonly text: string }[];
  /** The findings, as a report shows them. */
  readonly found: string;
  readonly stories: readonly TraceStory[];
  /** Why there is no request to trace; null when there is one. */
  readonly because: string | null;
}

const placeholder = '$\u007b...}';

/** The comment with which a prelude begins. */
const aboutPrelude = (text: string): string => /^# (.*)/.exec(text)?.[1] ?? '';

/** The input, the finding, and the request that suffers, one under the other. */
export function exampleText({ id, example, preludes, found, stories, because }: ExampleStory): string {
  const beside = preludes.map(({ name, text }) => `# beside it ${name}.yaml: ${aboutPrelude(text)}`);
  const made = [example.yaml, ...preludes.map((p) => p.text)].some((text) => /\$\{(cert|key|ca|crl)\b/.test(text));
  const head = [
    `# example.yaml: ${example.title}`,
    ...beside,
    ...(made ? [`# ${placeholder} stands for a certificate or key that is made for this run`] : []),
  ];
  const request =
    because === null
      ? stories.map(traceText)
      : [
          `no request to trace: ${because}\n`,
          `to look for it in your files: kubectl tlsgw lint PATH --rule ${id} --show-info\n`,
        ];
  return [`${head.join('\n')}\n---\n${example.yaml.trimEnd()}\n`, found, request.join(because === null ? '\n' : '')]
    .filter((part) => part !== '')
    .join('\n');
}
