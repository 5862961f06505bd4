// Written by `npm run wire -- write` from packages/shared/protocol/src/wire/tool-names.ts.

/// Names under which hooking tools ship their code, separated by spaces. Small letters; `*` stands for any characters but `/`.
let toolNames = """
  frida-agent*.dylib frida-gadget*.dylib frida-server* frida-inject* frida-helper* fridagadget \
  fridagadget*.dylib fridaagent*.dylib libfrida-*.dylib mobilesubstrate.dylib cydiasubstrate \
  libsubstrate.dylib substrateloader.dylib substratebootstrap.dylib substrateinserter.dylib \
  substrateinjector.dylib libsubstitute.dylib libsubstitute.0.dylib substitute-loader.dylib \
  substitute-inserter.dylib substituteloader.dylib substituteinserter.dylib tweakinject.dylib \
  tweakinjectmapper.dylib tweakloader.dylib libhooker.dylib libblackjack.dylib ellekit ellekit.dylib \
  libellekit.dylib ellekit/libinjector.dylib ellekit/pspawn.dylib mobilesafety.dylib \
  pspawn_payload*.dylib pspawn_hook.dylib systemhook.dylib systemhook-*.dylib generalhook.dylib \
  roothidehooks.dylib roothideinit.dylib roothidepatch.dylib libroothide.dylib libjailbreak.dylib \
  cynject cycript cycript.dylib libcycript.dylib choicy.dylib choicyloader.dylib sslkillswitch*.dylib \
  shadow.dylib 0shadow.dylib !shadow.dylib flyjb*.dylib *flyjb.dylib abypass*.dylib !abypass*.dylib \
  liberty.dylib zzzzliberty.dylib
  """
