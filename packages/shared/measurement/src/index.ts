export { epochOf, epochSeed } from './epoch.ts'
export { coveredSegments } from './image/covered-segments.ts'
export { digestImage } from './image/digest-image.ts'
export type { ImageDigest } from './image/digest-image.ts'
export { buildManifest } from './live/build-manifest.ts'
export type { Script, SdkDescription } from './live/build-manifest.ts'
export { coreFunctions } from './live/core-functions.ts'
export type { Exercise, Exercises } from './live/exercise.ts'
export { exercises } from './live/exercises.ts'
export { encodeManifest, parseManifest } from './live/manifest.ts'
export type { FunctionSlice, SdkManifest } from './live/manifest.ts'
export { liveFunctions, markLive } from './live/mark-live.ts'
export type { LiveFunction } from './live/mark-live.ts'
export { sdkDescriptions } from './live/sdk-descriptions.ts'
export { longestSdkMarker, readSdkMarker, sdkMarker, sdkMarkerPrefix } from './live/sdk-marker.ts'
export { showFunctions, showsSource } from './live/show-functions.ts'
export type { LiveFunctions, LiveOutcome, ShownFunctions } from './live/show-functions.ts'
export { sliceDigests } from './live/slice-digests.ts'
export { MeasurementError } from './measurement-error.ts'
export type { MeasurementErrorCode } from './measurement-error.ts'
export { checkPlanFits } from './plan/check-plan-fits.ts'
export type { PlanExpectation } from './plan/check-plan-fits.ts'
export { bytesPerPlan, drawUpPlan, piecesPerPlan, readsPerPlan } from './plan/draw-up-plan.ts'
export type { PlanInput } from './plan/draw-up-plan.ts'
export {
  longestPiece,
  longestPlan,
  longestStep,
  mostBytes,
  mostNames,
  mostPieces,
  mostReads,
  mostSegments,
} from './plan/limits.ts'
export { parsePlan } from './plan/parse-plan.ts'
export { planSeed, textPlan } from './plan/plan.ts'
export type { Plan, Read } from './plan/plan.ts'
export type { CodeImage, Eventually, MeasurementCrypto, Segment } from './ports.ts'
export { jsProbes } from './probes/js-probes.ts'
export type { JsEnvironment } from './probes/js-probes.ts'
export { askProbes, probeTable } from './probes/probe.ts'
export type { Probe, ProbeFault, ProbeTable } from './probes/probe.ts'
export { carryOut, carryOutSync } from './response/carry-out.ts'
export type { CarriedOut, CarryOutInput, LiveInput } from './response/carry-out.ts'
export { checkResponse } from './response/check-response.ts'
export type { ResponseCheck } from './response/check-response.ts'
export { expectedTags } from './response/expected-tags.ts'
export type { FoldInput } from './response/fold.ts'
export type { Tag } from './response/tags.ts'
