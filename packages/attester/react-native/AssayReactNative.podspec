require 'json'

package = JSON.parse(File.read(File.join(__dir__, 'package.json')))

# Never read by CocoaPods in this repository: there is no Mac.
Pod::Spec.new do |s|
  s.name = 'AssayReactNative'
  s.version = package['version']
  s.summary = package['description']
  s.homepage = 'https://owner.invalid/assay'
  s.license = package['license']
  s.author = 'The owner of Assay (owner.invalid)'
  s.source = { :git => 'https://owner.invalid/assay/assay.git', :tag => s.version.to_s }
  s.swift_versions = ['6.0']
  s.ios.deployment_target = '15.1'
  s.source_files = 'ios/*.{h,mm,swift}', 'ios/Sources/**/*.swift'
  s.resource_bundles = { 'AssayReactNativePrivacy' => ['ios/PrivacyInfo.xcprivacy'] }
  s.private_header_files = 'ios/*.h'
  s.pod_target_xcconfig = { 'DEFINES_MODULE' => 'YES' }
  s.dependency 'Assay', s.version.to_s
  s.dependency 'AssayCore', s.version.to_s
  install_modules_dependencies(s)
end
