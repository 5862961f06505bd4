import type { CodeTable } from '@assay/protocol'

/**
 * Every code of `MeasurementError`. Its message is its code: code that an app ships imports only types from this
 * module, so the texts cost it nothing.
 */
export const measurementCodes = {
  // The plan, before anything is read
  PLAN_MALFORMED: {
    meaning: 'The plan has missing, unknown or wrong members.',
    action: 'Update the older of SDK and service; otherwise the plan was changed on the way.',
  },
  PLAN_VERSION: { meaning: 'This SDK does not know the version of the plan.', action: 'Update the SDK.' },
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
    action: 'Check that the installed build is the registered one, and that the reader finds everything.',
  },
  PLAN_PROBE: {
    meaning: 'The plan asks for a probe that this SDK does not declare.',
    action: 'Leave the option `probes` out, or include `jsProbes` in your list; or switch the probe off.',
  },
  PLAN_FUNCTION: {
    meaning: 'The plan names a function or exercise that this SDK does not have.',
    action:
      'Check that the SDK in the app is the one in the registered build, and leave the option `live` out.',
  },
  // The answers to its probes
  PROBE_ANSWERS: {
    meaning: 'The answers do not match the probes that the plan asks for.',
    action: 'Report it: the SDK should answer exactly what is asked.',
  },
  // The code image
  IMAGE_EMPTY: {
    meaning: 'The coverage includes no segment, so there is nothing to measure.',
    action: 'Check the reader, or choose another `--coverage`: `scripts` needs scripts or a Hermes bundle.',
  },
  IMAGE_SEGMENTS: {
    meaning: 'The build has more than 4,096 covered segments, or two with one name.',
    action:
      'Bundle scripts into fewer files. In an app for iOS the resources of a top-level folder count as one: move those at the top into folders. Name each segment once.',
  },
  // The SDK's manifest, at registration
  MANIFEST_MALFORMED: {
    meaning: 'The manifest of the SDK does not have the required form.',
    action: "Build it with the SDK's own tool, of the same version.",
  },
  MANIFEST_MARKER: {
    meaning:
      'The marker of an SDK function is missing from the build or occurs twice, or the build has more than 64.',
    action: 'Bundle the SDK exactly once, and keep its string literals when minifying.',
  },
  MANIFEST_FUNCTION: {
    meaning: 'The text after a marker is not that of a function.',
    action: 'Exclude the SDK from whatever rewrites functions (instrumentation, obfuscation).',
  },
  MANIFEST_SLICE: {
    meaning:
      "A function's slice is empty, too long, or outside its segment: the manifest belongs to another build.",
    action: 'Make the manifest from the very build that is registered.',
  },
} as const satisfies CodeTable

export const measurementErrorCodes = Object.keys(
  measurementCodes,
) as readonly (keyof typeof measurementCodes)[]
