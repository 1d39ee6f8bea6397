/**
 * Checks of plain values, for the client: a schema library would be most of its bytes, and those that compile their
 * checks (`new Function`) break a page's content security policy.
 */
export type Check<T> = (value: unknown) => value is T;

/** A check for each field; none may be missing. */
export type Fields<T> = { readonly [Name in keyof T]-?: Check<T[Name]> };

export const number: Check<number> = (value) => typeof value === 'number';
export const string: Check<string> = (value) => typeof value === 'string';
export const boolean: Check<boolean> = (value) => typeof value === 'boolean';
export const bytes: Check<Uint8Array> = (value) => value instanceof Uint8Array;

export function oneOf<const T>(...values: readonly T[]): Check<T> {
  return (value): value is T => values.includes(value as T);
}

export function optional<T>(check: Check<T>): Check<T | undefined> {
  return (value): value is T | undefined => value === undefined || check(value);
}

/** Further fields are left alone: a newer server may say more. */
export function object<T>(fields: Fields<T>): Check<T> {
  const checks = Object.entries(fields) as [string, Check<unknown>][];
  return (value): value is T =>
    isObject(value) && checks.every(([name, check]) => check((value as Record<string, unknown>)[name]));
}

export function recordOf<T>(check: Check<T>): Check<Record<string, T>> {
  return (value): value is Record<string, T> => isObject(value) && Object.values(value).every(check);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
