import { VultusError } from '../../../errors.ts';

type Kind = 'any' | 'bigint' | 'function' | 'number' | 'object' | 'string' | 'undefined';

/**
 * What a patch needs of an object of werift's beyond what its types show: `members` names every one of them.
 * @throws VultusError `dependency_unsupported` where one is not there, or not of its kind
 */
export function inside<Shape extends object>(
  object: object | undefined,
  name: string,
  members: { readonly [Member in keyof Required<Shape>]: Kind },
): Shape {
  for (const [member, kind] of Object.entries(members) as [string, Kind][]) {
    const found = (object as Record<string, unknown> | undefined)?.[member];
    if (object && member in object && (kind === 'any' || typeof found === kind)) continue;
    throw new VultusError('dependency_unsupported', `werift's ${name} has no ${member} to patch`);
  }
  return object as Shape;
}
