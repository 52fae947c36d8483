/** Finds links in Markdown that lead nowhere within the repository; addresses elsewhere are not asked. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** Text without code, in which a bracket is no link. */
const withoutCode = (page: string): string =>
  page.replace(/^(`{3,}|~{3,})[^\n]*\n[\s\S]*?^\1\s*$/gm, '').replace(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, '``');

/** The anchor that GitHub gives a heading. */
const slug = (heading: string): string =>
  heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-');

/** The anchors of a page; the second heading of the same text gets -1. */
function anchorsOf(page: string): Set<string> {
  const seen = new Map<string, number>();
  const body = page.replace(/^(`{3,}|~{3,})[^\n]*\n[\s\S]*?^\1\s*$/gm, '');
  for (const [, heading = ''] of body.matchAll(/^#{1,6} +(.*?)#*$/gm)) {
    const anchor = slug(heading);
    const count = seen.get(anchor) ?? 0;
    seen.set(count === 0 ? anchor : `${anchor}-${count}`, 1);
    if (count > 0) seen.set(anchor, count + 1);
  }
  for (const [, anchor = ''] of page.matchAll(/<a (?:id|name)="([^"]+)"/g)) seen.set(anchor, 1);
  return new Set(seen.keys());
}

/** Relative links of one page that lead nowhere, as `page: link`. */
export function brokenLinks(root: string, file: string): string[] {
  const page = readFileSync(join(root, file), 'utf8');
  const targets = [...withoutCode(page).matchAll(/\]\(<?([^()\s<>]+)>?(?: "[^"]*")?\)/g)].map((match) => match[1]!);
  return targets.flatMap((target) => {
    if (/^[a-z][a-z+.-]*:/i.test(target)) return [];
    const [path = '', anchor] = target.split('#');
    const at = path === '' ? file : normalize(join(dirname(file), decodeURIComponent(path)));
    const where = join(root, at);
    if (at.startsWith('..') || !existsSync(where)) return [`${file}: ${target}`];
    if (anchor === undefined || statSync(where).isDirectory()) return [];
    return at.endsWith('.md') && !anchorsOf(readFileSync(where, 'utf8')).has(anchor) ? [`${file}: ${target}`] : [];
  });
}
