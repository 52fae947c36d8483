import type { ConfigMap, Secret } from './cluster-view.ts';

/** Returns the decoded bytes of one key, or null when the key is absent. Bytes that are not base64 decode as far as they go. */
export function secretBytes(secret: Secret, key: string): Uint8Array | null {
  const text = secret.spec.data[key];
  return text === undefined ? null : Buffer.from(text, 'base64');
}

/** Returns the bytes of one ConfigMap key (text or binary), or null when the key is absent. */
export function configMapBytes(configMap: ConfigMap, key: string): Uint8Array | null {
  const text = configMap.spec.data[key];
  if (text !== undefined) return Buffer.from(text, 'utf8');
  const binary = configMap.spec.binaryData[key];
  return binary === undefined ? null : Buffer.from(binary, 'base64');
}

/** Returns the bytes of one key of either kind, or null when the key is absent. */
export const bytesOf = (from: Secret | ConfigMap, key: string): Uint8Array | null =>
  from.id.kind === 'ConfigMap' ? configMapBytes(from as ConfigMap, key) : secretBytes(from as Secret, key);

/** The key is there and holds at least one byte, which is what istiod asks of it (I9, I10). */
export function isFilled(from: Secret | ConfigMap, key: string): boolean {
  const text = from.id.kind === 'Secret' ? from.spec.data[key] : undefined;
  // The beginning tells it of all but odd texts.
  if (text !== undefined && Buffer.from(text.slice(0, 64), 'base64').length > 0) return true;
  return (bytesOf(from, key)?.length ?? 0) > 0;
}
