import { describe, expect, test } from 'vitest';
import { configJson, type Printed } from '../../src/render/config-json.ts';
import { listenersTable } from '../../src/render/listeners-table.ts';
import { routesTable } from '../../src/render/routes-table.ts';
import { secretsTable } from '../../src/render/secrets-table.ts';
import { type Answer, certificatesIn, randomClusters, recorded } from './oracle.ts';
import { type ConfigJson, readConfig } from './read-config.ts';

const now = new Date('2026-12-01T00:00:00Z');

/** null, an empty list and an absent list are the same (oracle/README.md). */
function normal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, v]) => v !== null && !(Array.isArray(v) && v.length === 0));
  return Object.fromEntries(entries.map(([k, v]) => [k, normal(v)]));
}

/** Listeners and route configurations have no order in config.json. */
function byName(config: ConfigJson): unknown {
  const compare = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);
  return normal({
    ...config,
    listeners: [...(config.listeners ?? [])].sort(compare),
    routes: [...(config.routes ?? [])].sort(compare),
  });
}

function rebuilt(answer: Answer): Printed {
  const needed = answer.secrets.includes('ACTIVE');
  return readConfig(answer.config as ConfigJson, needed ? certificatesIn(answer.yaml) : new Map());
}

function check(answer: Answer): void {
  const config = rebuilt(answer);
  expect(listenersTable(config, { now })).toBe(answer.listeners);
  expect(routesTable(config, { now })).toBe(answer.routes);
  expect(secretsTable(config, { now })).toBe(answer.secrets);
  const json = JSON.parse(JSON.stringify(configJson(config))) as ConfigJson;
  expect(byName(json)).toEqual(byName(answer.config as ConfigJson));
}

describe.each(['cases', 'cases-gateway-api'] as const)('istioctl prints the same bytes for %s', (folder) => {
  const answers = recorded(folder);
  test('all of them are there', () => {
    expect(answers.length).toBeGreaterThanOrEqual(folder === 'cases' ? 178 : 38);
  });
  test.each(answers.map((answer) => [answer.name, answer] as const))('%s', (_, answer) => {
    check(answer);
  });
});

test('istioctl prints the same bytes for 1,500 random clusters', () => {
  const answers = randomClusters();
  expect(answers.length).toBeGreaterThan(1500);
  const wrong = answers.filter((answer) => {
    try {
      check(answer);
      return false;
    } catch {
      return true;
    }
  });
  expect(wrong.map((answer) => answer.name)).toEqual([]);
}, 60_000);
