import { url } from 'node:inspector'
import { jsProbes, type Probe } from '@assay/measurement'

/** The built-in probes, one of which detects whether Node's inspector listens, because of a flag or a signal. */
export function nodeProbes(): Probe[] {
  return jsProbes({ global: globalThis, isInspected: () => url() !== undefined })
}
