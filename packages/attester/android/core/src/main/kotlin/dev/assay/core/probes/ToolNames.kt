package dev.assay.core.probes

// Written by `npm run wire -- write` from packages/shared/protocol/src/wire/tool-names.ts.

/** Names under which hooking tools ship their code, by finding. Small letters; `*` stands for any characters but `/`. */
internal val toolNames: Map<String, String> = mapOf(
    "frida" to
        "frida-agent*.so frida-gadget*.so frida-server* frida-inject* frida-portal* frida-helper* " +
        "frida-core*.so frida-gum*.so fridagadget*.so libfrida-*.so linjector-*",
    "xposed" to
        "app_process*_xposed libxposed_*.so *xposedbridge.jar@classes.dex xposedbridge.odex xposedbridge.oat " +
        "*.edxp.so edxp.odex liblspd.so lspd.odex lspd.oat liblsplant.so liblspatch.so libnpatch.so " +
        "zygisk_lsposed/zygisk/*.so zygisk_vector/zygisk/*.so libriru.so libriruloader.so libriru_*.so " +
        "libsandhook.so libsandhook-native.so libwhale.so libwhale.edxp.so libpine.so libyahfa.so",
    "substrate" to
        "libsubstrate.so libsubstrate-dvm.so libandroidbootstrap0.so libandroidcydia.cy.so " +
        "libdalvikloader.cy.so",
)
