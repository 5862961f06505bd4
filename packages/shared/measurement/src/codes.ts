import type { CodeTable } from '@assay/protocol'

/**
 * Every code of `MeasurementError`. Its message is its code: only types of this module are imported by what an app
 * ships, so that the texts cost it nothing.
 */
export const measurementCodes = {
  // The plan, before anything is read
  PLAN_MALFORMED: {
    meaning: 'The plan has missing, unknown or wrong members.',
    action: 'Update the older of SDK and service; otherwise the plan was changed on the way.',
  },
  PLAN_VERSION: { meaning: 'A plan of a version that this SDK does not know.', action: 'Update the SDK.' },
  PLAN_TOO_LARGE: { meaning: 'The plan is larger than 16 KiB.', action: 'As for `PLAN_MALFORMED`.' },
  PLAN_BUDGET: {
    meaning: 'The plan asks for more than any plan may: 64 reads, 128 KiB, 64 probes.',
    action: 'As for `PLAN_MALFORMED`.',
  },
  PLAN_BUILD: {
    meaning: 'The plan is for another app or build.',
    action: "Check `app` and `build` in the SDK's options.",
  },
  PLAN_EPOCH: {
    meaning: 'The plan is for another epoch than the challenge.',
    action: 'Get a new challenge. If this persists: an old plan is being replayed.',
  },
  PLAN_SEGMENT: {
    meaning: 'The plan reads a segment that the app does not have.',
    action: 'The installed build is not the registered one, or the reader finds too little.',
  },
  PLAN_PROBE: {
    meaning: 'The plan asks for a probe that this SDK does not declare.',
    action:
      'Leave the option `probes` out, or let your list hold those of `jsProbes` too; or switch the probe off.',
  },
  PLAN_FUNCTION: {
    meaning: 'The plan names a function or exercise that this SDK does not have.',
    action:
      'Check that the SDK in the app is the one in the registered build, and leave the option `live` out.',
  },
  // The answers to its probes
  PROBE_ANSWERS: {
    meaning: 'The answers are not those of the probes that the plan asks for.',
    action: 'Report it: the SDK answers what is asked.',
  },
  // The code image
  IMAGE_EMPTY: {
    meaning: 'The coverage takes in no segment: there is nothing to measure.',
    action: 'Check the reader, or choose another `--coverage`: `scripts` needs scripts or a Hermes bundle.',
  },
  IMAGE_SEGMENTS: {
    meaning: 'More than 4,096 covered segments, or two of one name.',
    action: 'Bundle the scripts into fewer files; name each segment once.',
  },
  // The SDK's manifest, at registration
  MANIFEST_MALFORMED: {
    meaning: 'The manifest of the SDK does not have the required form.',
    action: "Build it with the SDK's own tool, of the same version.",
  },
  MANIFEST_MARKER: {
    meaning:
      'The marker of a function of the SDK is missing from the build, there twice, or there are more than 64.',
    action: 'Bundle the SDK exactly once, and keep its string literals when minifying.',
  },
  MANIFEST_FUNCTION: {
    meaning: 'What follows a marker is not the text of a function.',
    action: 'Exclude the SDK from whatever rewrites functions (instrumentation, obfuscation).',
  },
  MANIFEST_SLICE: {
    meaning:
      "A function's slice is empty, too long, or outside its segment: the manifest is of another build.",
    action: 'Make the manifest from the very build that is registered.',
  },
} as const satisfies CodeTable

export const measurementErrorCodes = Object.keys(
  measurementCodes,
) as readonly (keyof typeof measurementCodes)[]
