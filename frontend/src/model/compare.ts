import type { Json } from "~/api/types";

/** One field in both contents; undefined = the field is not there. */
export type Difference = { place: string; before: Json | undefined; after: Json | undefined };

function leaves(value: Json, place: string, into: Map<string, Json>): void {
  if (Array.isArray(value) && value.length > 0) {
    value.forEach((one, index) => {
      leaves(one, `${place}[${index + 1}]`, into);
    });
  } else if (value !== null && typeof value === "object" && Object.keys(value).length > 0) {
    for (const [name, one] of Object.entries(value)) leaves(one, place ? `${place} / ${name}` : name, into);
  } else {
    into.set(place, value);
  }
}

function flat(value: Json): Map<string, Json> {
  const into = new Map<string, Json>();
  leaves(value, "", into);
  return into;
}

/** The fields in which two contents differ, in the order of the first; list items by position, from 1. */
export function differences(before: Json, after: Json): Difference[] {
  const [left, right] = [flat(before), flat(after)];
  const places = [...left.keys(), ...[...right.keys()].filter((place) => !left.has(place))];
  return places
    .map((place) => ({ place, before: left.get(place), after: right.get(place) }))
    .filter((one) => JSON.stringify(one.before) !== JSON.stringify(one.after));
}
