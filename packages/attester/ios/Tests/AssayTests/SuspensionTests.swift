import AssayFakes
import Foundation
import Testing

@testable import Assay
@testable import AssayCore

/// What happened, in its order.
private final class Course: @unchecked Sendable {
  private let lock = NSLock()
  private var all: [String] = []
  var steps: [String] { lock.withLock { all } }
  func add(_ step: String) { lock.withLock { all.append(step) } }
}

private struct PlayedLock: ProcessLock {
  let course: Course
  func tryAcquire() throws -> Bool {
    course.add("lock")
    return true
  }
  func release() { course.add("release") }
}

/// Time that is refused, granted, or granted until the work asks for its end.
private final class PlayedTime: RunningTime, @unchecked Sendable {
  let course: Course
  let isGranted: Bool
  private(set) var expire: (@Sendable () -> Void)?

  init(_ course: Course, isGranted: Bool) {
    self.course = course
    self.isGranted = isGranted
  }

  func begin(_ expire: @escaping @Sendable () -> Void) async -> Bool {
    self.expire = expire
    course.add("begin")
    return isGranted
  }

  func end() { course.add("end") }
}

@Suite struct SuspensionTests {
  private let course = Course()

  private func state(_ time: PlayedTime) -> DeviceSharedState {
    DeviceSharedState(MemoryStore(), sleep: { _ in }, makeTime: { time }, makeLock: { [course] in PlayedLock(course: course) })
  }

  @Test func theLockIsHeldOnlyInTimeThatTheSystemGrants() async throws {
    try await state(PlayedTime(course, isGranted: true)).exclusively { course.add("work") }
    #expect(course.steps == ["begin", "lock", "work", "release", "end"])
  }

  @Test func aProcessThatIsAboutToBeSuspendedTakesNoLock() async throws {
    try await state(PlayedTime(course, isGranted: false)).exclusively { course.add("work") }
    #expect(course.steps == ["begin", "work"])
  }

  @Test func theLockIsReleasedBeforeTheProcessIsSuspended() async throws {
    let time = PlayedTime(course, isGranted: true)
    try await state(time).exclusively {
      time.expire?()
      course.add("suspended")
    }
    #expect(course.steps == ["begin", "lock", "release", "suspended", "release", "end"])
  }

  @Test func aLockThatWasReleasedIsNotTakenAgain() throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).lock")
    defer { try? FileManager.default.removeItem(at: file) }
    let (lock, other) = (FileLock(file), FileLock(file))
    #expect(try lock.tryAcquire())
    #expect(try !other.tryAcquire())
    lock.release()
    #expect(throws: PlatformError.self) { try lock.tryAcquire() }
    #expect(try other.tryAcquire())
  }

  @Test func theSystemsBlockRunsUntilTheTimeIsGivenBack() async {
    let activity = ExpiringActivity { [course] block in
      Thread.detachNewThread {
        block(false)
        course.add("returned")
      }
    }
    #expect(await activity.begin { [course] in course.add("expired") })
    #expect(course.steps == [])
    activity.end()
    while course.steps.isEmpty { await Task.yield() }
    #expect(course.steps == ["returned"])
  }

  @Test func theSystemsBlockReturnsAsSoonAsThereIsNoTimeLeft() async {
    let activity = ExpiringActivity { [course] block in
      Thread.detachNewThread {
        Thread.detachNewThread {
          block(true)
          course.add("told")
        }
        block(false)
      }
    }
    _ = await activity.begin { [course] in course.add("expired") }
    while course.steps.count < 2 { await Task.yield() }
    #expect(course.steps == ["expired", "told"])
  }

  @Test func whereThereIsNoTimeTheSystemSaysSoAtOnce() async {
    let activity = ExpiringActivity { $0(true) }
    #expect(await !activity.begin { [course] in course.add("expired") })
    #expect(course.steps == ["expired"])
  }
}
