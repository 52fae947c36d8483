import type { KeyPairVerdict } from '../../src/x509/key-pair.ts';

/** What a verdict says, without its certificates and the facts of its key. */
export const short = (verdict: KeyPairVerdict): unknown => {
  const { chain: _chain, key: _key, ...rest } = verdict as KeyPairVerdict & { chain?: unknown; key?: unknown };
  return rest;
};
