import type { Location } from '../model/location.ts';
import { type Place, resourceText } from '../model/resource.ts';
import type { Call, Trace } from '../model/trace.ts';
import { writtenPath, writtenText } from '../model/written-path.ts';
import { visible } from './visible.ts';

/** One step of a request: what it met, in a clause, and the objects behind it. */
export interface Step {
  readonly title: string;
  readonly text: string;
  readonly places: readonly { readonly text: string; readonly location: Location | null }[];
}

/** A step at these places. */
export const stepOf = (title: string, text: string, ...places: readonly Place[]): Step => ({
  title,
  text,
  places: places.map(({ resource, path }) => ({
    text: `${resourceText(resource.id)}${path.length > 0 ? ` ${writtenText(resource, path)}` : ''}`,
    location: resource.origin.locate(writtenPath(resource, path)),
  })),
});

/** A request and what happens to it, ready to be told. */
export interface TraceStory {
  readonly title: string;
  readonly workload: string;
  /** What arrives at the pod; null when nothing does. */
  readonly call: Call | null;
  readonly steps: readonly Step[];
  readonly result: Trace;
  /** What the client sees. */
  readonly conclusion: string;
  /** The client gets an answer, or a redirect, and takes the certificate that it is shown. */
  readonly works: boolean;
  /** Places that the request met, as `Gateway shop/shop spec.servers[0]`. */
  readonly met: readonly string[];
  /** Findings about what the request met, one line each. */
  readonly explained: readonly string[];
}

const placeText = ({ text, location }: Step['places'][number]): string =>
  location === null ? text : `${text}  (${location.file}:${location.line})`;

/** The story as numbered lines, one object with its place under each, and the client's words at the end. */
export function traceText(story: TraceStory): string {
  const width = Math.max(...story.steps.map((s) => s.title.length), 0);
  const lines = [`${story.title}   at ${story.workload}`];
  story.steps.forEach((step, i) => {
    lines.push(`  ${i + 1}. ${step.title.padEnd(width)}  ${step.text}`);
    for (const place of step.places) lines.push(`     ${' '.repeat(width)}  ${placeText(place)}`);
  });
  lines.push(`  => ${story.conclusion}`);
  for (const line of story.explained) lines.push(`     ${line}`);
  return `${lines.map(visible).join('\n')}\n`;
}
