/**
 * Names under which hooking tools ship their code, by platform, and within it by the name that a probe answers with. A pattern is the
 * base name of a file, or the end of its path with as many folders as it names; one `*` stands for any characters but `/`. ASCII letters
 * match in both cases. Nothing else of a path counts, so no folder and no package name makes or excuses a finding.
 *
 * The SDKs in Kotlin and Swift have the same table: `npm run wire -- write` generates their source from this one, and
 * `packages/shared/vectors/tables/tool-names.json` for others.
 */
export const toolNames = {
  android: {
    frida: [
      'frida-agent*.so',
      'frida-gadget*.so',
      'frida-server*',
      'frida-inject*',
      'frida-portal*',
      'frida-helper*',
      'frida-core*.so',
      'frida-gum*.so',
      'fridagadget*.so',
      'libfrida-*.so',
      'linjector-*',
    ],
    xposed: [
      'app_process*_xposed',
      'libxposed_*.so',
      '*xposedbridge.jar@classes.dex',
      'xposedbridge.odex',
      'xposedbridge.oat',
      '*.edxp.so',
      'edxp.odex',
      'liblspd.so',
      'lspd.odex',
      'lspd.oat',
      'liblsplant.so',
      'liblspatch.so',
      'libnpatch.so',
      'zygisk_lsposed/zygisk/*.so',
      'zygisk_vector/zygisk/*.so',
      'libriru.so',
      'libriruloader.so',
      'libriru_*.so',
      'libsandhook.so',
      'libsandhook-native.so',
      'libwhale.so',
      'libwhale.edxp.so',
      'libpine.so',
      'libyahfa.so',
    ],
    substrate: [
      'libsubstrate.so',
      'libsubstrate-dvm.so',
      'libandroidbootstrap0.so',
      'libandroidcydia.cy.so',
      'libdalvikloader.cy.so',
    ],
  },
  ios: {
    known: [
      'frida-agent*.dylib',
      'frida-gadget*.dylib',
      'frida-server*',
      'frida-inject*',
      'frida-helper*',
      'fridagadget',
      'fridagadget*.dylib',
      'fridaagent*.dylib',
      'libfrida-*.dylib',
      'mobilesubstrate.dylib',
      'cydiasubstrate',
      'libsubstrate.dylib',
      'substrateloader.dylib',
      'substratebootstrap.dylib',
      'substrateinserter.dylib',
      'substrateinjector.dylib',
      'libsubstitute.dylib',
      'libsubstitute.0.dylib',
      'substitute-loader.dylib',
      'substitute-inserter.dylib',
      'substituteloader.dylib',
      'substituteinserter.dylib',
      'tweakinject.dylib',
      'tweakinjectmapper.dylib',
      'tweakloader.dylib',
      'libhooker.dylib',
      'libblackjack.dylib',
      'ellekit',
      'ellekit.dylib',
      'libellekit.dylib',
      'ellekit/libinjector.dylib',
      'ellekit/pspawn.dylib',
      'mobilesafety.dylib',
      'pspawn_payload*.dylib',
      'pspawn_hook.dylib',
      'systemhook.dylib',
      'systemhook-*.dylib',
      'generalhook.dylib',
      'roothidehooks.dylib',
      'roothideinit.dylib',
      'roothidepatch.dylib',
      'libroothide.dylib',
      'libjailbreak.dylib',
      'cynject',
      'cycript',
      'cycript.dylib',
      'libcycript.dylib',
      'choicy.dylib',
      'choicyloader.dylib',
      'sslkillswitch*.dylib',
      'shadow.dylib',
      '0shadow.dylib',
      '!shadow.dylib',
      'flyjb*.dylib',
      '*flyjb.dylib',
      'abypass*.dylib',
      '!abypass*.dylib',
      'liberty.dylib',
      'zzzzliberty.dylib',
    ],
  },
} as const

export type ToolPlatform = keyof typeof toolNames

/**
 * The finding for the path of a mapped or packed file; `undefined` if it has no name of a tool.
 *
 * @param path as the system names it: ` (deleted)` at its end and `/memfd:` before its name do not count
 */
export function toolNamed(platform: ToolPlatform, path: string): string | undefined {
  const parts = asciiLower(path.replace(/ \(deleted\)$/, '').replace(/^\/memfd:/, '')).split('/')
  return Object.entries<readonly string[]>(toolNames[platform]).find(([, patterns]) =>
    patterns.some((pattern) => fits(parts, pattern)),
  )?.[0]
}

function fits(parts: readonly string[], pattern: string): boolean {
  const count = pattern.split('/').length
  if (parts.length < count) return false
  const end = parts.slice(-count).join('/')
  const [before = '', after] = pattern.split('*')
  if (after === undefined) return end === pattern
  return end.length >= before.length + after.length && end.startsWith(before) && end.endsWith(after)
}

/** Not `toLowerCase`: it changes letters beyond ASCII, and the SDKs would have to agree on each. */
function asciiLower(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}
