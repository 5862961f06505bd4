package dev.assay.reactnative

import com.facebook.react.BaseReactPackage
import com.facebook.react.bridge.NativeModule
import com.facebook.react.bridge.ReactApplicationContext
import com.facebook.react.module.model.ReactModuleInfo
import com.facebook.react.module.model.ReactModuleInfoProvider

/** What autolinking finds. */
public class AssayPackage : BaseReactPackage() {
    override fun getModule(name: String, reactContext: ReactApplicationContext): NativeModule? =
        if (name == NativeAssaySpec.NAME) AssayModule(reactContext) else null

    override fun getReactModuleInfoProvider(): ReactModuleInfoProvider = ReactModuleInfoProvider {
        // Positional arguments: the parameter names differ among the releases of React Native. The first three flags
        // are `canOverrideExistingModule`, `needsEagerInit` and `isCxxModule`.
        val info = ReactModuleInfo(NativeAssaySpec.NAME, AssayModule::class.java.name, false, false, false, true)
        mapOf(NativeAssaySpec.NAME to info)
    }
}
