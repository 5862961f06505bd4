/**
 * The names of schema steps that a release contains, in order. The owner adds them before the tag (docs/releasing.md);
 * from then on a test refuses any change of them.
 */
export const releasedSteps: readonly string[] = []
