import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Page, parsePage } from '../../src/pages/page.ts';

export const pagesFolder = pathToFileURL(join(process.cwd(), 'docs', 'rules', '/'));
export const fixedSections = ['What happens', 'What clients see', 'How to fix it', 'Examples', 'Evidence'];

/** Ids of all pages, by their file names. */
export const pageIds = (): string[] =>
  readdirSync(pagesFolder)
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .map((name) => name.slice(0, -3))
    .sort();

export const readPage = (id: string): Page => parsePage(id, readFileSync(new URL(`${id}.md`, pagesFolder), 'utf8'));
