import { coreObject } from './roots.ts';
import { textMap } from './shape.ts';

/** The part of a ConfigMap that is read. */
export const configMap = coreObject({ data: textMap, binaryData: textMap });
