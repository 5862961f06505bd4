import type { ErrorTable } from '@assay/protocol'

/** Every code with which software evidence is refused. */
export const softwareCodes = {
  SOFTWARE_MALFORMED: {
    message: 'the measurement does not have the required form',
    meaning: 'The measurement does not have the required form.',
    action: 'Update the older of SDK and service.',
  },
  SOFTWARE_PROBES: {
    message: 'the answers do not match the probes that were asked',
    meaning: 'The answers do not match the probes that were asked.',
    action: 'Update the SDK; if it is current, somebody changes its answers.',
  },
  SOFTWARE_LIVE_CODE: {
    message: 'the live-code step was left out on an engine that shows source',
    meaning: "The engine of this build shows source, but the SDK's functions were not shown.",
    action:
      'Distrust the client, which left the step out on purpose; or register the engine that the build runs on.',
  },
  SOFTWARE_TEXT: {
    message: 'client data has a member `text` exactly when the plan asks for the second image',
    meaning:
      'The plan asks for the second image, but client data does not answer it, or the other way round.',
    action: 'Update the SDK; if it is genuine, distrust the client.',
  },
  SOFTWARE_SEGMENTS: {
    message: 'the measured segments are not those of the build',
    meaning:
      'The measured segments are not those of the build: some are renamed, missing or added, or the order differs. The trace names them: `missing:` what the app lacks, `unregistered:` what the build does not have.',
    action:
      'If the trace names a file that a store adds, such as `libpairipcore.so`: the file and the device are right, and an option of the store changed the app (guide: What stores do to a build). Otherwise check that the released file is the registered one. For a web page, list what is missing in the option `files`, or let the bundler do so.',
  },
  SOFTWARE_SEGMENT_MISMATCH: {
    message: 'segments differ from those of the build',
    meaning:
      'The bytes of segments differ from the registered ones; the trace names them, and live functions as `live:` and the name.',
    action:
      'If all installations of the build are affected, register the released file. If all from one store are, and only dex files differ, look at the options of the store (guide: What stores do to a build). If only a few are, the app was changed there.',
  },
  SOFTWARE_RESPONSE_MISMATCH: {
    message: 'the response is not the one expected for this challenge',
    meaning:
      'The tag of every segment is right, but the response is wrong: it was made for another challenge, or with other probe answers.',
    action:
      'If all installations are affected, update the older of SDK and service. Otherwise it is usually tampering.',
  },
} as const satisfies ErrorTable
