/** Every code of the proxy and its meter, for `docs/errors.md` and `assay explain`. */
export { proxyConfigFaults, proxyMalfunctions, proxyNotices, proxyRefusals } from './faults/codes.ts'
export { meterFaults } from './meter/codes.ts'
