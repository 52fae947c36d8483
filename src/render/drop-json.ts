import type { Drop } from '../model/envoy-config.ts';
import type { Place } from '../model/resource.ts';
import { writtenPath, writtenText } from '../model/written-path.ts';
import { dropWinners } from './drop-facts.ts';
import { dropText } from './drop-text.ts';

/** A plain object for JSON; its shape is that of schemas/all.v1.json. */
export type Json = Readonly<Record<string, unknown>>;

const placeJson = (place: Place): Json => ({
  resource: place.resource.id,
  path: writtenText(place.resource, place.path),
  location: place.resource.origin.locate(writtenPath(place.resource, place.path)),
});

/** A drop as plain JSON: why, where, who won, the fact it follows, and the sentence. */
export const dropJson = (drop: Drop): Json => ({
  reason: drop.reason,
  ...placeJson(drop.at),
  winners: dropWinners(drop).map(placeJson),
  mirrors: drop.mirrors,
  message: dropText(drop),
});
