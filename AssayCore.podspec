Pod::Spec.new do |s|
  s.name = 'AssayCore'
  s.version = '0.1.0'
  s.summary = 'Tells an API what software is calling it: app attestation, self-hosted and open source'
  s.homepage = 'https://owner.invalid/assay'
  s.license = { :type => 'Apache-2.0', :file => 'LICENSE' }
  s.author = 'The owner of Assay (owner.invalid)'
  s.source = { :git => 'https://owner.invalid/assay/assay.git', :tag => s.version.to_s }
  s.swift_versions = ['6.0']
  s.ios.deployment_target = '15.0'
  s.source_files = 'packages/attester/ios/Sources/AssayCore/**/*.swift'
  s.resource_bundles = { 'AssayCorePrivacy' => ['packages/attester/ios/Sources/Assay/PrivacyInfo.xcprivacy'] }
end
