import { expect, test } from 'vitest';
import { relativePath, uriReference } from '../../src/render/paths.ts';

test.each([
  ['a.yaml', '/repo', 'a.yaml', 'a.yaml'],
  ['./dir/../a.yaml', '/repo', 'a.yaml', 'a.yaml'],
  ['../a.yaml', '/repo', '../a.yaml', '../a.yaml'],
  ['/repo/sub/a b.yaml', '/repo/', 'sub/a b.yaml', 'sub/a%20b.yaml'],
  ['/repository/a.yaml', '/repo', '/repository/a.yaml', 'file:///repository/a.yaml'],
  ['/repo/x:y#z?.yaml', '/repo', 'x:y#z?.yaml', 'x%3Ay%23z%3F.yaml'],
  ['back\\slash.yaml', '/repo', 'back\\slash.yaml', 'back%5Cslash.yaml'],
  ['C:\\repo\\sub\\a.yaml', 'C:\\repo', 'sub/a.yaml', 'sub/a.yaml'],
  ['sub\\a.yaml', 'C:\\repo', 'sub/a.yaml', 'sub/a.yaml'],
  ['D:\\a.yaml', 'C:\\repo', 'D:/a.yaml', 'file:///D:/a.yaml'],
  ['-', '/repo', '-', '-'],
])('%s seen from %s', (file, cwd, path, uri) => {
  expect(relativePath(file, cwd)).toBe(path);
  expect(uriReference(file, cwd)).toBe(uri);
});
