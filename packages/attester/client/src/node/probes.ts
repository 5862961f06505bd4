import { url } from 'node:inspector'
import { jsProbes, type Probe } from '@assay/measurement'

/** The built-in probes, one of which sees whether Node's inspector listens, by a flag or since a signal. */
export function nodeProbes(): Probe[] {
  return jsProbes({ global: globalThis, isInspected: () => url() !== undefined })
}
