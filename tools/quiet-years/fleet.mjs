/**
 * A fleet on which nothing is wrong, as Prometheus sees it: counts every two minutes, by a model of how people use an app.
 * Everything comes from the seed.
 */

export const minute = 60
export const day = 86_400
export const week = 7 * day
/** Seconds between two samples. */
export const step = 2 * minute
/** A Monday, midnight UTC. */
export const begins = Date.UTC(2025, 0, 6) / 1000
/** Weeks of history that the rules need, before the year. */
export const before = 4

/** Attestations a day of an installation in use: docs/sizing.md. */
const perDay = 10.17
/** Attestations with hardware evidence, and how many of these a policy refuses: in the field 5 to 10 % fail. */
const [hardware, failing] = [0.5, 0.08]

/** Share of usual use on days that are unlike others, by month and day: app of an office, of the whole world, of a shop. */
const holidays = {
  '1-1': 0.45,
  '4-18': 0.6,
  '4-21': 0.6,
  '5-1': 0.7,
  '7-4': 0.8,
  '11-27': 1.7,
  '11-28': 2.2,
  '12-24': 0.5,
  '12-25': 0.35,
  '12-26': 0.5,
  '12-31': 0.6,
}

/** mulberry32 */
export function randomOf(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A Poisson variable; from 60 on as a normal one. */
function poisson(mean, random) {
  if (mean > 60) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal))
  }
  const limit = Math.exp(-mean)
  let [count, product] = [0, random()]
  for (; product > limit; count++) product *= random()
  return count
}

/** Use at a time, as a share of the mean: two peaks a day in local time, less at the weekend, holidays, summer time. */
function usageAt(at) {
  const date = new Date(at * 1000)
  const isSummer =
    date >= Date.UTC(date.getUTCFullYear(), 2, 30) && date < Date.UTC(date.getUTCFullYear(), 9, 26)
  const hour = (((at % day) / 3600 + (isSummer ? 2 : 1)) % 24) + 24
  const peak = (centre, width) => Math.exp(-((((hour - centre + 36) % 24) - 12) ** 2) / (2 * width ** 2))
  const ofDay = 0.08 + 1.9 * peak(9, 2.2) + 2.1 * peak(20, 2.6)
  const weekday = date.getUTCDay()
  const ofWeek = weekday === 6 ? 0.75 : weekday === 0 ? 0.65 : 1.12
  const ofYear = 1 + 0.12 * Math.sin((2 * Math.PI * (at - begins)) / (52 * week))
  return ofDay * ofWeek * ofYear * (holidays[`${date.getUTCMonth() + 1}-${date.getUTCDate()}`] ?? 1)
}

/** Weeks between two releases. Each replaces the one before within days, and some phones never update. */
const releaseEvery = 2

/** Shares of the builds of one release, the one before, and one that few still have. */
function sharesAt(at) {
  const age = ((at - begins) / week) % releaseEvery
  const adopted = 1 - Math.exp(-age * 2.2)
  return [0.02 + 0.96 * adopted, 0.96 * (1 - adopted) + 0.0195, 0.0005]
}

/**
 * Samples of all series, in the order of time.
 *
 * @param {(line: string) => void} write gets lines `name{labels} value time`, by series
 * @param incident seconds since 1970 from which nobody passes and the newest build refuses everybody
 */
export function simulate({ installations, weeks, seed, incident }, write) {
  const random = randomOf(seed)
  const app = 'app="com.example.app"'
  const series = {
    passed: [`assay_attestations_total{job="assay",instance="a",${app},outcome="passed",code=""}`, 0],
    refused: [
      `assay_attestations_total{job="assay",instance="a",${app},outcome="refused",code="TIER_NOT_ADMITTED"}`,
      0,
    ],
    malfunctions: [
      `assay_attestations_total{job="assay",instance="a",${app},outcome="malfunction",code="VENDOR_TIMEOUT"}`,
      0,
    ],
    limited: [`assay_requests_unserved_total{job="assay",instance="a",${app},code="LIMIT_APP"}`, 0],
    newest: [`assay_build_refused_since_passed{job="assay",instance="a",${app},build="newest"}`, 0],
    previous: [`assay_build_refused_since_passed{job="assay",instance="a",${app},build="previous"}`, 0],
    old: [`assay_build_refused_since_passed{job="assay",instance="a",${app},build="old"}`, 0],
    admitted: ['assay_guard_decisions_total{job="assay-guard",instance="g",outcome="admitted",code=""}', 0],
    late: [
      'assay_guard_decisions_total{job="assay-guard",instance="g",outcome="refused",code="TOKEN_NOT_YET_VALID"}',
      0,
    ],
    narrow: [
      'assay_guard_decisions_total{job="assay-guard",instance="g",outcome="refused",code="TIER_NOT_ADMITTED"}',
      0,
    ],
    clock: ['assay_clock_offset_seconds{job="assay",instance="a"}', 0],
    up: ['up{job="assay",instance="a"}', 1],
  }
  const samples = Object.fromEntries(Object.keys(series).map((name) => [name, []]))
  const add = (name, count) => (series[name][1] += count)
  let hiddenUntil = 0
  for (let at = begins; at < begins + weeks * week; at += step) {
    const isIncident = at >= incident
    const mean = (installations * perDay * usageAt(at) * step) / day
    const [all, over] = [poisson(mean, random), poisson(mean * hardware * failing, random)]
    add('passed', isIncident ? 0 : all)
    add('refused', isIncident ? all : over)
    add('malfunctions', poisson(all * 0.0005, random))
    add('admitted', poisson(mean * 12, random))
    add('late', poisson(mean * 0.002, random))
    add('narrow', poisson(mean * 0.1, random))
    // As the service counts: different phones that were refused since anybody passed, and a pass forgets them.
    for (const [i, name] of ['newest', 'previous', 'old'].entries()) {
      const share = sharesAt(at)[i]
      const [passes, refusals] = [
        poisson(mean * share, random),
        poisson(mean * share * hardware * failing, random),
      ]
      const sinceLast = poisson((refusals / (passes + refusals || 1)) * 1.2, random)
      if (isIncident && i === 0) add(name, Math.min(200, all))
      else
        series[name][1] =
          passes > 0 ? Math.min(refusals, sinceLast) : Math.min(200, series[name][1] + refusals)
    }
    series.clock[1] = Math.round(100 * (random() - 0.5)) / 100
    // Each release restarts the service: counters begin anew. Once a month Prometheus itself is away for a while.
    if (Math.round((at - begins) / step) % Math.round((releaseEvery * week) / step) === 330)
      for (const name of ['passed', 'refused', 'malfunctions', 'limited', 'newest', 'previous', 'old'])
        series[name][1] = 0
    if (random() < step / (30 * day)) hiddenUntil = at + 10 * minute
    if (at < hiddenUntil) continue
    for (const [name, [, value]] of Object.entries(series)) samples[name].push(value, at)
  }
  for (const [name, [labels]] of Object.entries(series)) {
    const ofSeries = samples[name]
    for (let i = 0; i < ofSeries.length; i += 2) write(`${labels} ${ofSeries[i]} ${ofSeries[i + 1]}\n`)
  }
}
