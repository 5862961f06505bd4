/** Quantile of the normal distribution for an interval that holds in 95 of 100 cases. */
const z = 1.959964

/**
 * Wilson's score interval for a share, 95 % (E. B. Wilson, Probable Inference, the Law of Succession, and Statistical
 * Inference, JASA 22 (1927) 209–212): with p = hits / of, (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n). Unlike the
 * interval around p alone, it stays within 0 and 1, and is meaningful even without a single hit.
 *
 * @param size of the random sample; 0: nothing is known, and the interval is everything
 */
export function wilsonInterval(hits: number, of: number): readonly [low: number, high: number] {
  if (of === 0) return [0, 1]
  const p = hits / of
  const z2 = z * z
  const middle = p + z2 / (2 * of)
  const reach = z * Math.sqrt((p * (1 - p)) / of + z2 / (4 * of * of))
  const scale = 1 + z2 / of
  return [Math.max(0, (middle - reach) / scale), Math.min(1, (middle + reach) / scale)]
}
