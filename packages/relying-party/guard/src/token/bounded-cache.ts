/**
 * A map that never holds more than `capacity` entries and forgets those that were not used lately. It has two
 * generations instead of a list: finding an entry in the younger one changes nothing, so a hit costs one look-up.
 */
export class BoundedCache<Value> {
  readonly #generation: number
  #young = new Map<string, Value>()
  #old = new Map<string, Value>()

  constructor(capacity: number) {
    this.#generation = Math.ceil(capacity / 2)
  }

  get(key: string): Value | undefined {
    const value = this.#young.get(key)
    if (value !== undefined) return value
    const older = this.#old.get(key)
    if (older !== undefined) this.set(key, older)
    return older
  }

  set(key: string, value: Value): void {
    this.#old.delete(key)
    this.#young.set(key, value)
    if (this.#young.size < this.#generation) return
    this.#old = this.#young
    this.#young = new Map()
  }

  get size(): number {
    return this.#young.size + this.#old.size
  }
}
