// What examples/ios uses of SwiftUI and of Combine, which SwiftUI exports: written after Apple's documentation, so that the compiler looks
// at the example on Linux. It draws nothing.

@MainActor public protocol View {
  associatedtype Body: View
  @ViewBuilder var body: Body { get }
}

extension Never: View {
  public typealias Body = Never
}

extension View where Body == Never {
  public var body: Never { fatalError("a stand-in has no content") }
}

@resultBuilder public enum ViewBuilder {
  public static func buildBlock<each Content: View>(_ content: repeat each Content) -> TupleView<(repeat each Content)> { TupleView() }
}

public struct TupleView<T>: View {
  public typealias Body = Never
}

@MainActor public protocol Scene {
  associatedtype Body: Scene
  @SceneBuilder var body: Body { get }
}

extension Never: Scene {}

@resultBuilder public enum SceneBuilder {
  public static func buildBlock<Content: Scene>(_ content: Content) -> Content { content }
}

public struct WindowGroup<Content: View>: Scene {
  public typealias Body = Never
  public nonisolated init(@ViewBuilder content: () -> Content) {}
  public var body: Never { fatalError("a stand-in has no content") }
}

@MainActor public protocol App {
  associatedtype Body: Scene
  @SceneBuilder var body: Body { get }
  init()
}

extension App {
  public static func main() { fatalError("a stand-in starts no app") }
}

public struct VStack<Content: View>: View {
  public typealias Body = Never
  public init(spacing: Double? = nil, @ViewBuilder content: () -> Content) {}
}

public struct ScrollView<Content: View>: View {
  public typealias Body = Never
  public init(@ViewBuilder content: () -> Content) {}
}

public struct Text: View {
  public typealias Body = Never
  public init<S: StringProtocol>(_ content: S) {}
}

public struct Button<Label: View>: View {
  public typealias Body = Never
}

extension Button where Label == Text {
  public init<S: StringProtocol>(_ title: S, action: @escaping @MainActor () -> Void) {}
}

public protocol TextSelectability {
  static var allowsSelection: Bool { get }
}

public struct EnabledTextSelectability: TextSelectability {
  public static var allowsSelection: Bool { true }
}

extension TextSelectability where Self == EnabledTextSelectability {
  public static var enabled: EnabledTextSelectability { EnabledTextSelectability() }
}

/// What a modifier gives.
public struct ModifiedContent<Content: View>: View {
  public typealias Body = Never
}

extension View {
  public func padding(_ length: Double? = nil) -> some View { ModifiedContent<Self>() }
  public func task(_ action: @escaping @Sendable @MainActor () async -> Void) -> some View { ModifiedContent<Self>() }
  public func textSelection<S: TextSelectability>(_ selectability: S) -> some View { ModifiedContent<Self>() }
}

public protocol ObservableObject: AnyObject {}

@propertyWrapper public struct Published<Value> {
  public var wrappedValue: Value

  public init(wrappedValue: Value) {
    self.wrappedValue = wrappedValue
  }
}

@MainActor @propertyWrapper public struct StateObject<Object: ObservableObject> {
  private let make: () -> Object

  public init(wrappedValue: @autoclosure @escaping () -> Object) {
    make = wrappedValue
  }

  public var wrappedValue: Object { make() }
}
