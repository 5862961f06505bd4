/// Why a plan or an image was refused, before anything was read.
public enum MeasurementFault: String, Sendable, CaseIterable {
  case planMalformed = "PLAN_MALFORMED"
  case planVersion = "PLAN_VERSION"
  case planTooLarge = "PLAN_TOO_LARGE"
  case planBudget = "PLAN_BUDGET"
  case planBuild = "PLAN_BUILD"
  case planEpoch = "PLAN_EPOCH"
  case planSegment = "PLAN_SEGMENT"
  case planProbe = "PLAN_PROBE"
  case planFunction = "PLAN_FUNCTION"
  case imageEmpty = "IMAGE_EMPTY"
  case imageSegments = "IMAGE_SEGMENTS"

  var isOfPlan: Bool { rawValue.hasPrefix("PLAN_") }
}

/// Bad input to measuring. It holds its code and no value of the input.
public struct MeasurementError: Error, Sendable, Equatable {
  public let code: MeasurementFault
}

/// Refuses with `code` unless something holds.
func must(_ holds: Bool, _ code: MeasurementFault) throws {
  guard holds else { throw MeasurementError(code: code) }
}
