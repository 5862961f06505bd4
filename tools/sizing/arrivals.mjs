/**
 * A simulation of when attestations arrive, to check the arithmetic: it follows sessions, renewals and retries of single
 * devices, and uses no formula.
 */

const day = 86_400

/** mulberry32: the same run for the same seed. */
export function randomOf(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** When in a day sessions begin: a floor, a morning and an evening (seconds of the middle, seconds of the width, share). */
const shape = [
  { share: 0.45 },
  { share: 0.25, at: 8 * 3600, width: 1.6 * 3600 },
  { share: 0.3, at: 20 * 3600, width: 2.2 * 3600 },
]

function beginsAt(random) {
  let pick = random()
  for (const { share, at, width } of shape) {
    if (pick >= share) {
      pick -= share
      continue
    }
    if (at === undefined) return random() * day
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
    return (((at + normal * width) % day) + day) % day
  }
  return random() * day
}

/** All attestations of a day without refusals, per second. */
export function arrivalsOfDay({ devices, sessions, minutes, lifetime, seed }) {
  const random = randomOf(seed)
  const perSecond = new Uint32Array(day)
  for (let i = 0; i < devices * sessions; i += 1) {
    const begin = beginsAt(random)
    const end = begin - Math.log(1 - random()) * minutes * 60
    // A renewal is due at half of the life; a request or a timer is a little late, each time differently.
    for (let at = begin; at < end; at += lifetime / 2 + random() * 2) perSecond[Math.floor(at) % day] += 1
  }
  return perSecond
}

/** The busiest `span` seconds, as a multiple of the mean. */
export function peakOf(perSecond, span = 60) {
  let sum = 0
  for (let i = 0; i < span; i += 1) sum += perSecond[i]
  let busiest = sum
  let total = sum
  for (let i = span; i < perSecond.length; i += 1) {
    total += perSecond[i]
    sum += perSecond[i] - perSecond[i - span]
    busiest = Math.max(busiest, sum)
  }
  return busiest / span / (total / perSecond.length)
}

/** Seconds before the outage, in which the number of sessions becomes steady. */
const warmUp = 1_800

/**
 * The seconds over which a node spreads the clients it refuses, as in `apps/service/src/http/limits/retry-after.ts`.
 *
 * @param away how many it has refused that are not due yet
 * @param perSecond how many it has served recently
 */
const spreadOf = (away, perSecond) => Math.min(60, Math.max(5, (2 * away) / Math.max(10, perSecond)))

/**
 * The herd after an outage: each device with the app open and no token tries as the SDK does, until it is served or the app is
 * closed. Requests above `capacity` are refused with a random `Retry-After`, which grows with the number of refused devices.
 *
 * @param sessions that begin in a second, each for `minutes` on average, with tokens of `lifetime` seconds
 * @param outage seconds in which nobody is served
 * @param isAnswered whether nodes answer during the outage with a time to come back, as without a store; otherwise no node answers
 * @param capacity attestations a second that are served
 * @returns the greatest number of requests in one second, the seconds until no device is refused, the most refusals of one device,
 *   and the seconds from the end of the outage until the last device without a token was served
 */
export function herdAfter({
  sessions,
  minutes,
  lifetime,
  outage,
  isAnswered = false,
  capacity,
  seed,
  limit = 1_800,
}) {
  const random = randomOf(seed)
  const due = new Map()
  const comesAt = (second, device) => {
    const at = Math.ceil(second)
    if (at >= device.ends) return
    const list = due.get(at)
    if (list === undefined) due.set(at, [device])
    else list.push(device)
  }
  const dueAgain = new Map()
  let away = 0
  let perSecond = 0
  let most = 0
  let mostRefused = 0
  let lastRefusal = -1
  let longest = 0
  for (let second = -outage - warmUp; second < limit; second += 1) {
    const came = due.get(second) ?? []
    due.delete(second)
    away -= dueAgain.get(second) ?? 0
    const begun = Math.floor(sessions) + (random() < sessions % 1 ? 1 : 0)
    for (let i = 0; i < begun; i += 1)
      came.push({ ends: second - Math.log(1 - random()) * minutes * 60, refused: 0, failures: 0 })
    const isAway = second >= -outage && second < 0
    if (second >= 0) most = Math.max(most, came.length)
    // Chance picks who is served: the service does not recognise a device that comes again.
    for (let i = came.length - 1; i > 0; i -= 1) {
      const j = Math.floor(random() * (i + 1))
      ;[came[i], came[j]] = [came[j], came[i]]
    }
    const served = second < -outage ? came.length : isAway ? 0 : capacity
    perSecond += (Math.min(served, came.length) - perSecond) / 5
    for (const device of came.slice(0, served)) {
      if (second >= 0 && device.since !== undefined)
        longest = Math.max(longest, second - Math.max(0, device.since))
      Object.assign(device, { refused: 0, failures: 0, since: undefined })
      comesAt(second + lifetime / 2 + random() * 2, device)
    }
    for (const device of came.slice(served)) {
      device.since ??= second
      if (isAway && !isAnswered) {
        // 1 s doubling to 60 s, of which the lower half is certain.
        device.failures += 1
        comesAt(second + Math.min(60, 0.5 * 2 ** device.failures) * (1 + random()) * 0.5, device)
        continue
      }
      if (!isAway) {
        device.refused += 1
        mostRefused = Math.max(mostRefused, device.refused)
        lastRefusal = second
      }
      const after = 1 + Math.floor(random() * spreadOf(away, perSecond))
      away += 1
      dueAgain.set(second + after, (dueAgain.get(second + after) ?? 0) + 1)
      comesAt(second + Math.min(60, after * (1 + random() / 4)), device)
    }
  }
  const seconds = lastRefusal === limit - 1 ? Infinity : lastRefusal + 1
  return { most, seconds, mostRefused, longest }
}
