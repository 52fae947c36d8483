// What js-yaml alone needs for the documents of a file: read, then timed. Prints milliseconds.
import { readFileSync } from 'node:fs';
import { loadAll } from 'js-yaml';

const text = readFileSync(process.argv[2], 'utf8');
const start = process.hrtime.bigint();
const documents = loadAll(text);
const elapsed = Number(process.hrtime.bigint() - start) / 1e6;
if (documents.length === 0) throw new Error('no document');
console.log(elapsed);
