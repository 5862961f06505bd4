package dev.assay.core.vectors

import dev.assay.core.fake.FakeSurroundings

/** By the probe itself, of a process that has mapped this file alone. */
internal fun toolName(input: Map<String, Any?>): Any? =
    FakeSurroundings.mapping(input.text("path")).answer("android.hooks").takeIf { it != "" } ?: throw RefusedCase("NO_TOOL")
