/** The Secret that an SDS name stands for when it is looked up for pods of this namespace; null for other schemes (I3). */
export function secretOf(
  sds: string,
  podNamespace: string,
): { readonly namespace: string; readonly name: string } | null {
  if (!sds.startsWith('kubernetes://')) return null;
  const [first = '', second] = sds.slice('kubernetes://'.length).split('/');
  return second === undefined ? { namespace: podNamespace, name: first } : { namespace: first, name: second };
}
