Pod::Spec.new do |s|
  s.name = 'Assay'
  s.version = '0.1.0'
  s.summary = 'Tells an API what software is calling it: app attestation, self-hosted and open source'
  s.homepage = 'https://github.com/assay/assay'
  s.license = { :type => 'Apache-2.0', :file => 'LICENSE' }
  s.author = 'Assay'
  s.source = { :git => 'https://github.com/assay/assay.git', :tag => s.version.to_s }
  s.swift_versions = ['6.0']
  s.ios.deployment_target = '15.0'
  s.osx.deployment_target = '13.0'
  s.source_files = 'packages/attester/ios/Sources/Assay/**/*.swift'
  s.dependency 'AssayCore', s.version.to_s
end
