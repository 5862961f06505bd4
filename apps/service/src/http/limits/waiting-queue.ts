/** The place of a member in a queue. */
export interface Place<Member> {
  readonly member: Member
  before: Place<Member> | undefined
  after: Place<Member> | undefined
}

export interface WaitingQueue<Member> {
  size(): number
  first(): Member | undefined
  add(member: Member): Place<Member>
  /** Takes a member out: once, and from the queue that gave the place. */
  remove(place: Place<Member>): void
}

/**
 * A queue whose members can also leave from the middle. It is a linked list, because a `Set` of thousands takes longer
 * to find its first member the more have left before it.
 */
export function createWaitingQueue<Member>(): WaitingQueue<Member> {
  let first: Place<Member> | undefined
  let last: Place<Member> | undefined
  let size = 0
  return {
    size: () => size,
    first: () => first?.member,
    add(member) {
      const place: Place<Member> = { member, before: last, after: undefined }
      if (last === undefined) first = place
      else last.after = place
      last = place
      size++
      return place
    },
    remove(place) {
      const { before, after } = place
      if (before === undefined) first = after
      else before.after = after
      if (after === undefined) last = before
      else after.before = before
      // Otherwise a removed member would keep its neighbours in memory until it is collected itself.
      place.before = place.after = undefined
      size--
    },
  }
}
