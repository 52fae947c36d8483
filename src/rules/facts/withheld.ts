import type { AnyResource } from '../../model/resource.ts';

const fieldsOf = (body: AnyResource['body'], field: string): Readonly<Record<string, unknown>> => {
  const value = body[field];
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
};

const BASE64 = /^[A-Za-z0-9+/=\s]*$/;
/** Flux and envsubst, Helm and Argo CD, the Vault plugin, vals. */
const TEMPLATE = /\$\{|\{\{|^\s*<[^>]*>\s*$|^\s*(ref\+|vault:)/;

/**
 * Why the text of one key of a Secret is not yet what the cluster will hold, or null. Repositories keep Secrets encrypted
 * (SOPS) or with placeholders; nothing can be said of their content.
 */
export function withheld({ id, body }: AnyResource, key: string): string | null {
  const plain = fieldsOf(body, 'stringData')[key];
  const value = plain ?? fieldsOf(body, 'data')[key];
  if (typeof value !== 'string' || value.includes('-----BEGIN ')) return null;
  if (/^\s*ENC\[\w+,/.test(value)) return `${key} is encrypted with SOPS`;
  const isBase64 = plain === undefined && id.kind === 'Secret';
  const isPlaceholder = isBase64 ? !BASE64.test(value) : TEMPLATE.test(value);
  return isPlaceholder ? `${key} is a placeholder that something fills in later` : null;
}

/** True for PEM text under `data`, where the API server takes base64 only. */
export function isPlainUnderData({ id, body }: AnyResource, key: string): boolean {
  if (id.kind !== 'Secret' || typeof fieldsOf(body, 'stringData')[key] === 'string') return false;
  const value = fieldsOf(body, 'data')[key];
  return typeof value === 'string' && value.includes('-----BEGIN ');
}
