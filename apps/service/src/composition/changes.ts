/** Registrations or keys have changed. */
export interface Change {
  /** Whether only this process can have made it, and has already forgotten what it replaced. */
  readonly isOwn: boolean
}

type Follow = (change: Change) => void | Promise<void>

export type Changes = ReturnType<typeof createChanges>

/** Passes on to features that something has changed, to one after the other, in the order in which they follow. */
export function createChanges() {
  const followers: Follow[] = []
  return {
    follow(follow: Follow): void {
      followers.push(follow)
    },
    /** Resolves once every follower is up to date. */
    async publish(change: Change): Promise<void> {
      for (const follow of followers) await follow(change)
    },
  }
}
