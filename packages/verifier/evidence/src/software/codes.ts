import type { ErrorTable } from '@assay/protocol'

/** Every code with which software evidence is refused. */
export const softwareCodes = {
  SOFTWARE_MALFORMED: {
    message: 'the measurement does not have the required form',
    meaning: 'The measurement does not have the required form.',
    action: 'Update the older of SDK and service.',
  },
  SOFTWARE_PROBES: {
    message: 'the answers are not those of the probes that were asked',
    meaning: 'The answers are not those of the probes that were asked.',
    action: 'Update the SDK; otherwise somebody changes its answers.',
  },
  SOFTWARE_LIVE_CODE: {
    message: 'the live-code step was left out on an engine that shows source',
    meaning: "The engine of this build shows source, and the SDK's functions were not shown.",
    action: 'The step was left out on purpose, or the build runs on another engine than was registered.',
  },
  SOFTWARE_TEXT: {
    message: 'client data has a member `text` exactly when the plan asks for the second image',
    meaning: 'The plan asks for the second image and client data does not answer it, or the other way round.',
    action: 'Update the SDK; if it is genuine, distrust the client.',
  },
  SOFTWARE_SEGMENTS: {
    message: 'the measured segments are not those of the build',
    meaning:
      'The measured segments are not those of the build: renamed, missing, more, or in another order. The trace names them: `missing:` what the app lacks, `unregistered:` what the build does not have.',
    action:
      'Check that the released file is the registered one. A web page: list what is missing in the option `files`, or let the bundler do so.',
  },
  SOFTWARE_SEGMENT_MISMATCH: {
    message: 'segments differ from those of the build',
    meaning:
      'Segments have other bytes than the registered ones; the trace names them, live functions as `live:` and name.',
    action:
      'If all installations of the build are hit: the registered file is not the released one. If single ones: the app was changed there.',
  },
  SOFTWARE_RESPONSE_MISMATCH: {
    message: 'the response is not the one expected for this challenge',
    meaning:
      'Every segment is right by its tag, and the response is wrong: it was made for another challenge, or with other probe answers.',
    action: 'Usually tampering. If all installations are hit: update the older of SDK and service.',
  },
} as const satisfies ErrorTable
