import type { Gap } from '../../model/coverage.ts';
import type { Open } from '../rule.ts';

/** What answers an open question: the permission that is missing, else this command, whose output belongs into the input. */
export const decidedBy = (gap: Gap | undefined, command: string): Open['decides'] =>
  gap ? { kind: 'permission', command: gap.decides } : { kind: 'file', command };
