import { listenerRejections, routeRejections } from '../../src/envoy/accept.ts';
import { compile } from '../../src/istio/compile.ts';
import { buildView } from '../../src/model/decode.ts';
import { listenersTable } from '../../src/render/listeners-table.ts';
import { routesTable } from '../../src/render/routes-table.ts';
import { judge } from '../../src/rules/run.ts';
import { parseText, parseValue } from '../../src/sources/yaml.ts';

const now = new Date('2026-06-01T00:00:00Z');

/** Everything that `lint`, `listeners` and `routes` do with a text. Throws where a rule does. */
export function everything(text: string): void {
  const { documents } = parseText(text, 'input.yaml');
  const view = buildView(documents, {
    source: 'files',
    complete: false,
    defaultNamespace: 'default',
    parseMesh: parseValue,
  });
  const configs = compile(view);
  const { internalErrors } = judge({ view, configs, now, settings: { expiringWithinDays: 30 } });
  if (internalErrors[0]) throw new Error(internalErrors[0].stack);
  for (const config of configs) {
    listenerRejections(config);
    routeRejections(config);
    listenersTable(config, { now });
    routesTable(config, { now });
  }
}
