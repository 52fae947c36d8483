import fc from 'fast-check';
import { expect, it } from 'vitest';
import { buildView } from '../../src/model/decode.ts';
import { parseText, parseValue } from '../../src/sources/yaml.ts';

const pod = (name: string, namespace: string, kind: string): string => {
  const template = `metadata: {labels: {app: ${name}}}`;
  return kind === 'Pod'
    ? `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: ${namespace}, labels: {app: ${name}}}\n`
    : `apiVersion: apps/v1\nkind: ${kind}\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: {template: {${template}}}\n`;
};

const documents = [
  ...['b', 'a'].flatMap((namespace) =>
    ['Pod', 'StatefulSet', 'Deployment'].flatMap((kind) => ['y', 'x'].map((name) => pod(name, namespace, kind))),
  ),
  'apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: c}\n',
  'apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: g, namespace: d}\n',
  'apiVersion: networking.istio.io/v1beta1\nkind: Gateway\nmetadata: {name: h, namespace: d}\n',
];

it('gives the same view whatever the order of the documents', () => {
  const seen = (texts: readonly string[]) => {
    const view = buildView(parseText(texts.join('---\n'), 'a.yaml').documents, {
      source: 'files',
      complete: false,
      defaultNamespace: 'default',
      parseMesh: parseValue,
    });
    const names = [...view.others].map(([kind, list]) => [kind, list.map(({ id }) => `${id.namespace}/${id.name}`)]);
    const { namespaces, secretNamespaces } = view.coverage;
    const templates = view.podTemplates.map(({ resource: { id } }) => `${id.kind} ${id.namespace}/${id.name}`);
    return [names, templates, [...namespaces], [...secretNamespaces]];
  };
  const expected = seen(documents);
  fc.assert(
    fc.property(fc.shuffledSubarray(documents, { minLength: documents.length }), (shuffled) => {
      expect(seen(shuffled)).toEqual(expected);
    }),
  );
});
