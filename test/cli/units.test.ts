import { describe, expect, it } from 'vitest';
import { type ColorChoice, colorLevel } from '../../src/cli/color.ts';
import { hostOf } from '../../src/cli/host-scope.ts';
import { nearest } from '../../src/cli/nearest.ts';
import { type FailOn, verdict } from '../../src/cli/verdict.ts';

describe('colorLevel', () => {
  it.each<readonly [ColorChoice, Readonly<Record<string, string>>, boolean, number]>([
    ['auto', {}, true, 1],
    ['auto', {}, false, 0],
    ['auto', { TERM: 'xterm-256color' }, true, 2],
    ['auto', { COLORTERM: 'truecolor', TERM: 'xterm' }, true, 3],
    ['auto', { TERM: 'dumb' }, true, 0],
    ['auto', { NO_COLOR: '1' }, true, 0],
    ['auto', { NO_COLOR: '' }, true, 1],
    ['auto', { NO_COLOR: '1', FORCE_COLOR: '1' }, true, 0],
    ['auto', { FORCE_COLOR: '3' }, false, 3],
    ['auto', { FORCE_COLOR: '0' }, true, 0],
    ['auto', { CI: 'true', COLORTERM: 'truecolor' }, true, 1],
    ['always', { TERM: 'dumb' }, false, 1],
    ['always', { NO_COLOR: '1' }, false, 1],
    ['never', { FORCE_COLOR: '1' }, true, 0],
  ])('%s %j terminal %s: %i', (choice, env, terminal, level) => {
    expect(colorLevel(choice, env, terminal)).toBe(level);
  });
});

describe('verdict', () => {
  const findings = (...severities: ('error' | 'warning' | 'info')[]) => ({
    found: {
      errors: severities.filter((s) => s === 'error').length,
      warnings: severities.filter((s) => s === 'warning').length,
      infos: severities.filter((s) => s === 'info').length,
    },
    problems: 0,
    internalErrors: 0,
  });

  it.each<readonly [readonly ('error' | 'warning' | 'info')[], FailOn, number]>([
    [[], 'info', 0],
    [['info'], 'info', 1],
    [['info'], 'warning', 0],
    [['warning'], 'error', 0],
    [['warning'], 'warning', 1],
    [['info', 'error'], 'error', 1],
    [['error'], 'never', 0],
  ])('%j under --fail-on %s: %i', (severities, failOn, code) => {
    expect(verdict(findings(...severities), failOn)).toBe(code);
  });

  it('puts unreadable input above findings, and our own bugs above all', () => {
    expect(verdict({ ...findings('error'), problems: 1 }, 'never')).toBe(3);
    expect(verdict({ ...findings('error'), problems: 1, internalErrors: 1 }, 'error')).toBe(70);
  });
});

describe('nearest', () => {
  it.each([
    ['lnit', 'lint'],
    ['listener', 'listeners'],
    ['doc', 'doctor'],
    ['rotues', 'routes'],
    ['x', null],
    ['completely-different', null],
  ])('%s: %s', (word, expected) => {
    expect(nearest(word, ['doctor', 'lint', 'listeners', 'routes'])).toBe(expected);
  });
});

describe('hostOf', () => {
  it.each([
    ['shop.example.com', 'shop.example.com'],
    ['Shop.Example.COM.', 'shop.example.com'],
    ['shop.example.com:8443', 'shop.example.com'],
    ['https://shop.example.com:8443/api?x=1#y', 'shop.example.com'],
    ['*.example.com', '*.example.com'],
  ])('%s: %s', (text, host) => {
    expect(hostOf(text)).toBe(host);
  });

  it.each(['a.yaml', 'dir/file', 'a b', 'https://', ''])('%j is none', (text) => {
    expect(() => hostOf(text)).toThrow();
  });
});
