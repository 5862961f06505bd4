package dev.assay.core.probes

/** What probes examine: files that every process may read, and what the platform says of the process. Values are as found. */
public interface Surroundings {
    /** The beginning of a text file, at most 1 MiB; `null` if it cannot be read. */
    public fun read(path: String): String?

    /** Whether a file or folder with this path exists that the process may see. */
    public fun exists(path: String): Boolean

    /** Whether a class of this name can be loaded. */
    public fun hasClass(name: String): Boolean

    /** `Build.*`: fingerprint, model, hardware and so on, by name. */
    public fun build(): Map<String, String>

    /** Those of [ProcessState] that hold. */
    public fun states(): Set<ProcessState>

    /** The app's package, as the system names it. */
    public fun packageName(): String

    /** Folder of the app's data, as the system names it. */
    public fun dataFolder(): String

    /** Path of the base APK. */
    public fun apk(): String

    /** Folder of libraries that were extracted from the APK. */
    public fun libraryFolder(): String

    /** The user or profile that the app runs for; 0 is the owner. */
    public fun userId(): Int
}

/** A state of the process, as the platform tells it. */
public enum class ProcessState {
    /** A debugger is attached, or the process waits for one (`Debug`). */
    DEBUGGER_CONNECTED,

    /** The installed app is marked debuggable (`ApplicationInfo.FLAG_DEBUGGABLE`). */
    DEBUGGABLE,

    /** Input comes from the monkey tool (`ActivityManager.isUserAMonkey`). */
    MONKEY,

    /** The device runs in a test harness (`ActivityManager.isRunningInUserTestHarness`). */
    TEST_HARNESS,

    /** The app contains the runner of instrumented tests (`androidx.test`). */
    INSTRUMENTED,
}
