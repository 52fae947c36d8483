import { coreObject } from './roots.ts';
import { text, textMap } from './shape.ts';

/** The part of a Secret that is read. */
export const secret = coreObject({ type: text, data: textMap, stringData: textMap });
