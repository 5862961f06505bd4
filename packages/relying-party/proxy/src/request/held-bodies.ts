/** Bytes of all bodies that a process holds, while they come and until they are sent. */
const mostHeld = 32 * 1024 * 1024
/** The part of it that one installation may take. */
const largestShare = 1 / 8
/** Bytes that a body counts for, however short it is yet: what its request takes besides. */
const least = 16 * 1024

/** The bodies that are held in memory, which are bounded in sum and for each installation. */
export class HeldBodies {
  #held = 0
  readonly #by = new Map<string, number>()
  readonly #most: number

  constructor(most = mostHeld) {
    this.#most = most
  }

  get bytes(): number {
    return this.#held
  }

  /** A body of an installation, of which nothing has come. */
  open(installation: string): HeldBody {
    let size = 0
    const add = (bytes: number) => {
      size += bytes
      this.#held += bytes
      const own = (this.#by.get(installation) ?? 0) + bytes
      if (own > 0) this.#by.set(installation, own)
      else this.#by.delete(installation)
    }
    return {
      grow: (to) => {
        const more = Math.max(least, to) - size
        if (more <= 0) return true
        if (this.#held + more > this.#most) return 'PROXY_BODIES_FULL'
        if ((this.#by.get(installation) ?? 0) + more > this.#most * largestShare) return 'PROXY_BODIES_SHARE'
        add(more)
        return true
      },
      release: () => add(-size),
    }
  }
}

export interface HeldBody {
  /** Takes space for so many bytes in all, or says why there is none. */
  grow(to: number): true | 'PROXY_BODIES_FULL' | 'PROXY_BODIES_SHARE'
  /** May be called again. */
  release(): void
}
