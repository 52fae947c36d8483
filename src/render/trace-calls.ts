import type { Trace } from '../model/trace.ts';
import { configPath, virtualServiceText } from './config-path.ts';
import { tabwriter } from './tabwriter.ts';
import { visible } from './visible.ts';

/** A call with its prediction; `failures` is null when nothing was expected of it. */
export interface JudgedCall {
  readonly title: string;
  readonly result: Trace;
  readonly failures: readonly string[] | null;
}

const resultText = ({ outcome, status, redirect }: Trace): string =>
  [
    outcome,
    ...(status === undefined ? [] : [String(status)]),
    ...(redirect === undefined ? [] : [`-> ${redirect}`]),
  ].join(' ');

const clusterText = ({ cluster, weighted }: Trace): string =>
  cluster ?? (weighted ?? []).map((w) => `${w.cluster}=${w.weight}`).join(',');

/** One row per call, and what was expected instead under the table. */
export function callsText(calls: readonly JudgedCall[]): string {
  const rows = calls.map(({ title, result, failures }, i) => [
    String(i + 1),
    title,
    resultText(result),
    result.route ? virtualServiceText(configPath(result.route.route)) : '',
    clusterText(result),
    failures === null ? '-' : failures.length === 0 ? 'ok' : 'FAILED',
  ]);
  const table = tabwriter(
    [['#', 'CALL', 'RESULT', 'VIRTUAL SERVICE', 'CLUSTER', 'EXPECTED'], ...rows.map((row) => row.map(visible))],
    2,
  );
  const failed = calls.flatMap(({ failures }, i) => (failures ?? []).map((f) => `call ${i + 1}: ${visible(f)}`));
  const wrong = calls.filter((c) => (c.failures ?? []).length > 0).length;
  const checked = calls.filter((c) => c.failures !== null).length;
  const count = calls.length === 1 ? '1 call' : `${calls.length} calls`;
  const summary = checked === 0 ? count : `${count}, ${checked - wrong} as expected, ${wrong} not`;
  return `${table}\n${failed.length > 0 ? `${failed.join('\n')}\n\n` : ''}${summary}\n`;
}

const xml = (text: string): string => visible(text).replace(/[&<>"']/g, (c) => `&#${c.codePointAt(0)};`);

/** JUnit: one test case per call; calls without expectation pass. */
export function callsJunit(calls: readonly JudgedCall[], file: string): string {
  const failures = calls.filter((c) => (c.failures ?? []).length > 0).length;
  const cases = calls.map(({ title, failures: found, result }) => {
    const open = `    <testcase classname="${xml(file)}" name="${xml(title)}"`;
    if (!found || found.length === 0) return `${open}/>`;
    return `${open}>\n      <failure message="${xml(found.join('; '))}">${xml(resultText(result))}</failure>\n    </testcase>`;
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites tests="${calls.length}" failures="${failures}">`,
    `  <testsuite name="${xml(file)}" tests="${calls.length}" failures="${failures}">`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}
