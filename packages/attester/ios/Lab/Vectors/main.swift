import AssayCore
import AssayFakes
import Foundation

// Answers the shared vectors: one question in each line of standard input, one answer in each line of standard output, as
// packages/shared/vectors/README.md has it.

/// What this SDK does not have: functions whose text an engine shows, URLs repaired as browsers repair them, signatures in DER, keys
/// that are attested at their birth, builds by ABI, a client that follows redirects by itself, readers for builds of
/// other platforms.
let lacking: Set<String> = ["source", "whatwg-url", "der", "one-key", "abi", "modules", "redirects", "apk", "web"]

func answer(_ question: Question) async throws -> Outcome {
  if let need = question.needs, lacking.contains(need) { return .skipped(need) }
  switch question.family {
  case "encodings": return .output(try answerEncodings(question.input))
  case "json-text": return .output(try answerJSONText(question.input))
  case "code-segments": return .output(try answerCodeSegments(question.input))
  case "resource-folders": return .output(try answerResourceFolders(question.input))
  case "tool-names": return .output(try await answerToolNames(question.input))
  case "plans": return .output(try answerPlans(question.input))
  case "images": return .output(try answerImages(question.input))
  case "folds": return .output(try answerFolds(question.input))
  case "client-data": return .output(try await answerClientData(question.input))
  case "signatures": return .output(try answerSignatures(question.input))
  case "proofs": return .output(try await answerProofs(question.input))
  case "refusals": return .output(try await answerRefusals(question.input))
  case "protected-fetch": return .output(try await answerProtectedFetch(question.input))
  case "behaviour": return .output(try await answerBehaviour(question.input))
  case "android-key": return .output(try answerAndroidKey(question.input))
  case "app-attest": return .output(try answerAppAttest(question.input))
  default: throw Refusal(code: "UNKNOWN_FAMILY")
  }
}

func line(_ question: Question) async -> String {
  do {
    return try await answer(question).line(question.id)
  } catch let error as MeasurementError {
    return Refusal(code: error.code.rawValue).line(question.id)
  } catch let error as Refusal {
    return error.line(question.id)
  } catch {
    return Refusal(code: "UNKNOWN").line(question.id)
  }
}

LabExecutor.shared.install()
while let text = readLine() {
  guard let question = Question(text) else { fatalError("a line is no question") }
  print(LabExecutor.shared.wait { await line(question) })
}
