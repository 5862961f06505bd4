import Foundation

/// Runs everything that Swift's concurrency would run on its threads on one thread instead, one after the other, in the order in
/// which it became ready: what happens then depends on nothing but what the program does, and it can be told when all that can
/// go on has gone on. For programs and tests of the lab only.
public final class LabExecutor: SerialExecutor, @unchecked Sendable {
  public static let shared = LabExecutor()

  private let condition = NSCondition()
  private var jobs: [UnownedJob] = []
  private var hasStarted = false

  private typealias Enqueue = @convention(thin) (UnownedJob) -> Void
  private typealias Hook = @convention(thin) (UnownedJob, Enqueue) -> Void

  /// From now on, for the whole process. The concurrency library has a place for this function, which other tools for tests use too.
  public func install() {
    condition.lock()
    defer { condition.unlock() }
    guard !hasStarted else { return }
    hasStarted = true
    guard let place = dlsym(dlopen(nil, RTLD_LAZY), "swift_task_enqueueGlobal_hook") else {
      fatalError("this version of Swift has no hook for its executor")
    }
    place.assumingMemoryBound(to: Hook.self).pointee = { job, _ in LabExecutor.shared.enqueue(job) }
    Thread.detachNewThread { [self] in run() }
  }

  public func enqueue(_ job: consuming ExecutorJob) {
    enqueue(UnownedJob(job))
  }

  public func enqueue(_ job: UnownedJob) {
    condition.lock()
    jobs.append(job)
    condition.signal()
    condition.unlock()
  }

  public func asUnownedSerialExecutor() -> UnownedSerialExecutor {
    UnownedSerialExecutor(ordinary: self)
  }

  private func run() -> Never {
    while true {
      condition.lock()
      while jobs.isEmpty { condition.wait() }
      let job = jobs.removeFirst()
      condition.unlock()
      job.runSynchronously(on: asUnownedSerialExecutor())
    }
  }

  private var isQuiet: Bool {
    condition.lock()
    defer { condition.unlock() }
    return jobs.isEmpty
  }

  /// Returns when everything that can go on without time passing has gone on. Called by what itself runs here.
  public func idle() async {
    repeat { await Task.yield() } while !isQuiet
    // What was woken by the last of them comes after it.
    await Task.yield()
    if !isQuiet { await idle() }
  }

  /// Runs `work` here, and waits for it.
  public func wait<T: Sendable>(for work: @escaping @Sendable () async -> T) -> T {
    let done = DispatchSemaphore(value: 0)
    let box = Box<T>()
    Task {
      box.value = await work()
      done.signal()
    }
    done.wait()
    return box.value!
  }

  private final class Box<T>: @unchecked Sendable {
    var value: T?
  }
}
