import { accept, refuse, type Case, type Family } from '../case/case.ts'
import { genuineAndroid, genuineIos } from './tool-names-genuine.ts'

const app = '/data/app/~~Vg7mQ2x1n0Kc9w==/com.example.shop-Qm2k8T4b7w=='
const bundle = '/private/var/containers/Bundle/Application/0C9F5B0A-5C1E-4E7C-9B5E-0F6B8C7D2A11/Shop.app'

/** As each tool ships or installs them: releases of Frida, packages of Magisk modules, packages for jailbroken iPhones. */
const shipped = {
  android: {
    frida: [
      '/data/local/tmp/re.frida.server/frida-agent-64.so',
      '/data/local/tmp/re.frida.server/frida-agent-32.so',
      '/data/local/tmp/re.frida.server/frida-agent-arm64.so',
      '/data/local/tmp/re.frida.server/frida-agent.so',
      '/memfd:frida-agent-64.so (deleted)',
      '/memfd:frida-agent-32.so (deleted)',
      'frida-agent-64.so',
      `${app}/lib/arm64/libfrida-gadget.so`,
      `${app}/lib/arm/libfrida-gadget.so`,
      `${app}/lib/arm64/frida-gadget.so`,
      `${app}/lib/arm64/libfrida-gadget.script.so`,
      '/data/user/0/com.example.shop/files/frida-gadget-17.5.1-android-arm64.so',
      '/data/local/tmp/frida-gadget-16.7.19-android-x86_64.so',
      '/data/local/tmp/frida-server',
      '/data/local/tmp/frida-server-17.5.1-android-arm64',
      '/data/local/tmp/frida-inject-17.5.1-android-arm64',
      '/data/local/tmp/frida-portal-17.5.1-android-arm64',
      '/data/local/tmp/re.frida.server/frida-helper-32',
      '/data/local/tmp/re.frida.server/frida-helper-64',
      '/data/local/tmp/libfrida-core-1.0.so',
      '/data/local/tmp/libfrida-gumjs-1.0.so',
      '/data/local/tmp/libfrida-gum-1.0.so',
      '/data/local/tmp/libfrida-agent-raw.so',
      '/data/local/tmp/LIBFRIDA-GADGET.SO',
      '/system/lib64/libfrida-gadget.so',
    ],
    xposed: [
      '/system/lib/libxposed_art.so',
      '/system/lib64/libxposed_art.so',
      '/system/lib/libxposed_dalvik.so',
      '/system/bin/app_process64_xposed',
      '/system/bin/app_process32_xposed',
      '/data/dalvik-cache/arm64/system@framework@XposedBridge.jar@classes.dex',
      '/system/framework/oat/arm64/XposedBridge.odex',
      '/system/lib64/libriru_edxp.so',
      '/system/lib64/libsandhook.edxp.so',
      '/system/lib64/libwhale.edxp.so',
      '/system/lib64/libriru_lspd.so',
      '/data/adb/riru/modules/lspd/lib64/liblspd.so',
      '/data/adb/modules/riru_lsposed/riru/lib64/liblspd.so',
      '/data/adb/modules/zygisk_lsposed/zygisk/arm64-v8a.so',
      '/data/adb/modules/zygisk_lsposed/zygisk/armeabi-v7a.so',
      '/data/adb/modules/zygisk_vector/zygisk/arm64-v8a.so',
      '/system/framework/oat/arm64/lspd.odex',
      '/data/user/0/com.example.shop/cache/lspatch/so/arm64-v8a/liblspatch.so',
      `${app}/lib/arm64/libnpatch.so`,
      '/data/user/0/com.example.shop/files/liblsplant.so',
      '/system/lib64/libriru.so',
      '/system/lib64/libriruloader.so',
      '/data/local/tmp/libsandhook.so',
      '/data/local/tmp/libsandhook-native.so',
      '/data/local/tmp/libwhale.so',
      '/data/local/tmp/libpine.so',
      '/data/local/tmp/libyahfa.so',
    ],
    substrate: [
      '/system/lib/libsubstrate.so',
      '/system/lib/libsubstrate-dvm.so',
      '/data/data/com.saurik.substrate/lib/libAndroidBootstrap0.so',
      '/data/data/com.saurik.substrate/lib/libAndroidCydia.cy.so',
      '/data/data/com.saurik.substrate/lib/libDalvikLoader.cy.so',
    ],
  },
  ios: {
    known: [
      '/usr/lib/frida/frida-agent.dylib',
      '/var/jb/usr/lib/frida/frida-agent.dylib',
      '/private/var/tmp/frida-agent-arm64e.dylib',
      '/usr/lib/frida/frida-gadget.dylib',
      `${bundle}/Frameworks/FridaGadget.dylib`,
      `${bundle}/FridaGadget.dylib`,
      `${bundle}/Frameworks/FridaGadget.framework/FridaGadget`,
      `${bundle}/Frameworks/frida-gadget-17.5.1-ios-universal.dylib`,
      `${bundle}/Frameworks/fridagadget.dylib`,
      `${bundle}/Frameworks/libfrida-gadget.dylib`,
      '/usr/lib/libfrida-gumjs-1.0.dylib',
      '/Library/MobileSubstrate/MobileSubstrate.dylib',
      '/Library/Frameworks/CydiaSubstrate.framework/CydiaSubstrate',
      `${bundle}/Frameworks/CydiaSubstrate.framework/CydiaSubstrate`,
      '/usr/lib/libsubstrate.dylib',
      '/usr/lib/substrate/SubstrateLoader.dylib',
      '/usr/lib/substrate/SubstrateInserter.dylib',
      '/usr/lib/substrate/SubstrateBootstrap.dylib',
      '/usr/lib/libsubstitute.dylib',
      '/usr/lib/libsubstitute.0.dylib',
      '/usr/lib/substitute-loader.dylib',
      '/usr/lib/substitute-inserter.dylib',
      '/usr/lib/TweakInject.dylib',
      '/usr/lib/TweakLoader.dylib',
      '/var/jb/usr/lib/TweakLoader.dylib',
      '/usr/lib/libhooker.dylib',
      '/usr/lib/libblackjack.dylib',
      '/var/jb/usr/lib/libellekit.dylib',
      '/usr/lib/ellekit/libinjector.dylib',
      '/var/jb/usr/lib/ellekit/pspawn.dylib',
      '/var/jb/usr/lib/ellekit/MobileSafety.dylib',
      `${bundle}/Frameworks/ellekit.dylib`,
      '/taurine/pspawn_payload.dylib',
      '/usr/lib/pspawn_payload-stg2.dylib',
      '/usr/lib/systemhook.dylib',
      '/usr/lib/systemhook-5F2A1B0C9D8E7F6A.dylib',
      '/var/jb/basebin/libjailbreak.dylib',
      '/var/jb/basebin/roothidehooks.dylib',
      '/usr/bin/cynject',
      '/usr/lib/libcycript.dylib',
      '/var/jb/Library/MobileSubstrate/DynamicLibraries/SSLKillSwitch2.dylib',
      '/Library/MobileSubstrate/DynamicLibraries/0Shadow.dylib',
      '/Library/MobileSubstrate/DynamicLibraries/FlyJB.dylib',
      '/Library/MobileSubstrate/DynamicLibraries/Choicy.dylib',
    ],
  },
} as const

const noTool = 'NO_TOOL'

const cases: readonly Case[] = [
  ...found('android'),
  ...found('ios'),
  ...genuineAndroid.map((path) => silent('android', path)),
  ...genuineIos.map((path) => silent('ios', path)),
]

function found(platform: 'android' | 'ios'): Case[] {
  return Object.entries<readonly string[]>(shipped[platform]).flatMap(([finding, paths]) =>
    paths.map((path) => onPlatform(platform, accept(`${platform}: ${path}`, { platform, path }, finding))),
  )
}

function silent(platform: 'android' | 'ios', path: string): Case {
  return onPlatform(platform, refuse(`${platform}: ${path}`, { platform, path }, noTool))
}

function onPlatform(platform: 'android' | 'ios', one: Case): Case {
  return { ...one, needs: platform === 'android' ? 'apk' : 'ipa' }
}

export const toolNameCases: Family = {
  name: 'tool-names',
  about: 'Which files that are mapped as code have a name under which a hooking tool ships.',
  floor: { accepted: 90, refused: 200 },
  cases,
}
