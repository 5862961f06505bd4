package dev.assay.core.fake

import dev.assay.core.wire.JsonReader
import dev.assay.core.wire.decodeBase64Url

/** Claims of a proof, as it was sent. */
fun claimsOf(proof: String): Map<String, Any?> =
    checkNotNull(JsonReader.readObject(String(checkNotNull(decodeBase64Url(proof.split('.')[1])))))
