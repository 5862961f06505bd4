// swift-tools-version: 6.0
import PackageDescription

// So that the bridge is built on Linux, over the stand-ins of the SDK. Apps take it by `assay-react-native.podspec`.
let package = Package(
  name: "AssayReactNative",
  platforms: [.iOS(.v15), .macOS(.v13)],
  dependencies: [.package(name: "Assay", path: "../../../..")],
  targets: [.target(name: "AssayReactNative", dependencies: [.product(name: "Assay", package: "Assay")], path: "Sources")]
)
