// swift-tools-version: 6.0
import PackageDescription

// The SDK for iOS. It lies in a folder of a larger repository; SwiftPM wants its manifest at the root.
let folder = "packages/attester/ios"
let bridge = "packages/attester/react-native/ios"

let package = Package(
  name: "Assay",
  // macOS, so that `swift test` of a package that depends on this one runs on a Mac. Only an app for iOS can be registered.
  platforms: [.iOS(.v15), .macOS(.v12)],
  products: [.library(name: "Assay", targets: ["Assay"])],
  targets: [
    .target(name: "AssayCore", path: "\(folder)/Sources/AssayCore"),
    .target(
      name: "Assay", dependencies: ["AssayCore"], path: "\(folder)/Sources/Assay", resources: [.copy("PrivacyInfo.xcprivacy")]),
  ]
)

// Stand-ins for Apple's modules, so that everything can be built and run on Linux. On a Mac they must not exist: they would take the
// place of Apple's own.
#if os(Linux)
  let standIns: [Target.Dependency] = ["CryptoKit", "DeviceCheck", "Network", "Security", "MachO"]
  package.targets.first { $0.name == "Assay" }?.dependencies += standIns
  package.targets += [
    .systemLibrary(name: "COpenSSL", path: "\(folder)/Stubs/COpenSSL", providers: [.apt(["libssl-dev"])]),
    .target(name: "CryptoKit", dependencies: ["COpenSSL", "Security"], path: "\(folder)/Stubs/CryptoKit"),
    .target(name: "DeviceCheck", path: "\(folder)/Stubs/DeviceCheck"),
    .target(name: "Network", path: "\(folder)/Stubs/Network"),
    .target(name: "Security", path: "\(folder)/Stubs/Security"),
    .target(name: "MachO", path: "\(folder)/Stubs/MachO"),
    .target(name: "AssayFakes", dependencies: ["AssayCore", "CryptoKit"], path: "\(folder)/Lab/Fakes"),
    .testTarget(name: "AssayTests", dependencies: ["Assay", "AssayCore", "AssayFakes", "MachO"], path: "\(folder)/Tests/AssayTests"),
    .executableTarget(name: "assay-phone", dependencies: ["Assay", "AssayCore", "MachO"], path: "\(folder)/Lab/Phone"),
    .executableTarget(
      name: "assay-bench", dependencies: ["Assay", "AssayCore", "AssayFakes", "CryptoKit"], path: "\(folder)/Lab/Bench"),
    // The example, so that the compiler looks at it; nobody runs it.
    .target(name: "SwiftUI", path: "\(folder)/Stubs/SwiftUI"),
    .target(name: "WebKit", path: "\(folder)/Stubs/WebKit"),
    .target(name: "Alamofire", path: "\(folder)/Stubs/Alamofire"),
    .executableTarget(
      name: "assay-example", dependencies: ["Assay", "Alamofire", "SwiftUI", "WebKit"], path: "examples/ios", exclude: ["README.md"]),
    // The bridge of React Native, which apps take by its podspec.
    .target(name: "AssayReactNative", dependencies: ["Assay", "AssayCore"], path: "\(bridge)/Sources"),
    .testTarget(
      name: "AssayReactNativeTests", dependencies: ["AssayReactNative", "Assay", "AssayCore", "AssayFakes"],
      path: "\(folder)/Tests/AssayReactNativeTests"),
    .executableTarget(
      name: "assay-react-native", dependencies: ["AssayReactNative", "Assay", "AssayCore", "MachO"], path: "\(bridge)/Lab"),
    .executableTarget(name: "assay-vectors", dependencies: ["Assay", "AssayCore", "AssayFakes", "CryptoKit"], path: "\(folder)/Lab/Vectors"),
  ]
#endif
