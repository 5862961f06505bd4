/// Why a plan or an image was refused, before anything was read.
public enum MeasurementFault: String, Sendable, CaseIterable {
  /// The plan is not written exactly as the grammar has it.
  case planMalformed = "PLAN_MALFORMED"
  /// The plan is of another version than 1.
  case planVersion = "PLAN_VERSION"
  /// The plan has more than 16,384 bytes.
  case planTooLarge = "PLAN_TOO_LARGE"
  /// The plan asks for more reads, bytes or names than allowed.
  case planBudget = "PLAN_BUDGET"
  /// The plan is for another app, build or ABI.
  case planBuild = "PLAN_BUILD"
  /// The challenge was issued in an epoch other than that of the plan.
  case planEpoch = "PLAN_EPOCH"
  /// The plan reads a segment that the app does not have.
  case planSegment = "PLAN_SEGMENT"
  /// The plan asks a probe that the SDK does not declare.
  case planProbe = "PLAN_PROBE"
  /// The plan wants the source of a function, or an exercise that the SDK does not know.
  case planFunction = "PLAN_FUNCTION"
  /// The coverage includes no segment of the app.
  case imageEmpty = "IMAGE_EMPTY"
  /// The app has more than 4,096 covered segments, or two of one name.
  case imageSegments = "IMAGE_SEGMENTS"

  var isOfPlan: Bool { rawValue.hasPrefix("PLAN_") }
}

/// Bad input to measuring. It holds its code and no value of the input.
public struct MeasurementError: Error, Sendable, Equatable {
  /// What was refused.
  public let code: MeasurementFault
}

/// Refuses with `code` unless the condition holds.
func must(_ holds: Bool, _ code: MeasurementFault) throws {
  guard holds else { throw MeasurementError(code: code) }
}
