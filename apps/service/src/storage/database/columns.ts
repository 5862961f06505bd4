declare const json: unique symbol

/** A text column that holds JSON of `T`. Only the service writes it, so reading it back needs no further check. */
export type Json<T> = string & { readonly [json]: T }

export function toJson<T>(value: T): Json<T> {
  return JSON.stringify(value) as Json<T>
}

export function fromJson<T>(text: Json<T>): T {
  return JSON.parse(text) as T
}

/** SQLite has no booleans. */
export type Flag = 0 | 1

export function toFlag(value: boolean): Flag {
  return value ? 1 : 0
}

/** Milliseconds since 1970, as stored in columns, from an RFC 3339 time. */
export function toMillis(time: string): number {
  const millis = Date.parse(time)
  if (Number.isNaN(millis)) {
    throw Object.assign(new TypeError('a time is not in RFC 3339 format'), {
      code: 'ERR_INVALID_ARG_VALUE',
    })
  }
  return millis
}

/** RFC 3339 in the one form that repositories return: UTC with milliseconds, as `Date.prototype.toISOString` gives. */
export function toTime(millis: number): string {
  return new Date(millis).toISOString()
}
