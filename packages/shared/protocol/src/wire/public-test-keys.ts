/**
 * SHA-256 of certificates whose private keys are published, lower-case hex: anybody can sign with them, so they say
 * nothing about who made a build. Sources: AOSP, build/make/target/product/security; React Native's template,
 * android/app/debug.keystore. Others are known by their subject (`CN=Android Debug`).
 */
export const publicTestKeys: ReadonlySet<string> = new Set([
  // AOSP testkey
  'a40da80a59d170caa950cf15c18c454d47a39b26989d8b640ecd745ba71bf5dc',
  // AOSP platform
  'c8a2e9bccf597c2fb6dc66bee293fc13f2fc47ec77bc6b2b0d52c11f51192ab8',
  // AOSP shared
  '28bbfe4a7b97e74681dc55c2fbb6ccb8d6c74963733f6af6ae74d8c3a6e879fd',
  // AOSP media
  '465983f7791f2abeb43ea2cbdc7f21a8260b72bc08a55c839fc1a43bc741a81e',
  // React Native debug.keystore
  'fac61745dc0903786fb9ede62a962b399f7348f0bb6f899b8332667591033b9c',
])
