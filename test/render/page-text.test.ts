import { expect, test } from 'vitest';
import { pageText } from '../../src/render/page-text.ts';

const page =
  '# a-rule\n\nIt says `this`, **loudly**; see [E4](docs/e4.md).\n\n## Examples\n\n```yaml\n# error: a-rule\n\nkind: X\n```\n\nEnd\n';

test('a page on a terminal without colours', () => {
  expect(pageText(page, 0)).toBe(
    'a-rule\n\nIt says `this`, loudly; see E4 (docs/e4.md).\n\nExamples\n\n    # error: a-rule\n\n    kind: X\n\nEnd\n',
  );
});

test('a page on a terminal with colours', () => {
  const text = pageText(page, 1);
  expect(text).toContain('\u001b[1mExamples\u001b[22m');
  expect(text).toContain('\u001b[36mthis\u001b[39m');
  expect(text).toContain('    \u001b[32mkind: X\u001b[39m');
});
