type Stated<T> = { [Name in keyof T]: Exclude<T[Name], undefined> }

/** The members of a request that it states: `undefined` is one that it leaves out. */
export function stated<T extends object>(request: T): Stated<T> {
  return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined)) as Stated<T>
}
