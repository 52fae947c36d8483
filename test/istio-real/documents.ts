import { parseText } from '../../src/sources/yaml.ts';

/** One object of a cluster as plain data. */
export type Body = Readonly<Record<string, unknown>>;

/** Whether a value is a mapping. */
export const isBody = (value: unknown): value is Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The mapping, or an empty one. */
export const body = (value: unknown): Body => (isBody(value) ? value : {});

/** The mappings of a list; none where it is no list. */
export const list = (value: unknown): Body[] => (Array.isArray(value) ? value.filter(isBody) : []);

/** The text, or an empty one. */
export const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The objects of a text, with the values that kubectl reads. */
export const documentsOf = (yaml: string): Body[] => parseText(yaml, 'cluster.yaml').documents.map((d) => d.body);

/** Kubernetes keeps one object of a kind, namespace and name: of those given twice the later. */
export function lastOfEach(documents: readonly Body[]): Body[] {
  const key = ({ kind, apiVersion, metadata }: Body) => {
    const { namespace = 'default', name } = body(metadata);
    return JSON.stringify([kind, text(apiVersion).replace(/\/?[^/]*$/, ''), namespace, name]);
  };
  return [...new Map(documents.map((document) => [key(document), document])).values()];
}
