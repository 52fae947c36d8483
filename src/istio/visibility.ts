/** Where an object is seen: everywhere, in these namespaces, or nowhere. mirrors: E9. */
export type Visibility =
  | { readonly kind: 'public' }
  | {
      readonly kind: 'namespaces';
      readonly own: boolean;
      readonly others: readonly string[];
      readonly namespace: string;
    }
  | { readonly kind: 'none' };

const PUBLIC: Visibility = { kind: 'public' };

/** Reads exportTo with the mesh's default for an absent or empty list. mirrors: E9. */
export function visibilityOf(
  exportTo: readonly string[] | undefined,
  meshDefault: readonly string[],
  namespace: string,
): Visibility {
  const list = exportTo !== undefined && exportTo.length > 0 ? exportTo : meshDefault;
  if (list.includes('*')) return PUBLIC;
  if (list.includes('~')) return { kind: 'none' };
  return {
    kind: 'namespaces',
    own: list.some((e) => e === '.' || e === namespace),
    others: [...new Set(list.filter((e) => e !== '.' && e !== namespace))],
    namespace,
  };
}

/** True when a proxy of this namespace sees it. */
export function visibleTo(visibility: Visibility, proxyNamespace: string): boolean {
  if (visibility.kind === 'public') return true;
  if (visibility.kind === 'none') return false;
  return (visibility.own && visibility.namespace === proxyNamespace) || visibility.others.includes(proxyNamespace);
}
