import type { Renderer } from './report.ts';

// JSON leaves these as they are; a terminal that shows the report would obey some of them, and YAML refuses others.
const UNSAFE = /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/g;

/** The text of a value as JSON, with everything escaped that a terminal could obey; without a final newline. */
export const jsonText = (value: unknown, indent?: number): string =>
  JSON.stringify(value, null, indent).replace(UNSAFE, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** The report as JSON (schemas/report.v1.json). */
export const renderJson: Renderer = (report) => `${jsonText(report, 2)}\n`;
