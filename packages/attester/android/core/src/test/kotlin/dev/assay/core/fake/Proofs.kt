package dev.assay.core.fake

import dev.assay.core.wire.JsonReader
import dev.assay.core.wire.decodeBase64Url
import dev.assay.core.wire.encodeBase64Url
import dev.assay.core.wire.sha256
import dev.assay.core.wire.utf8

/** Claims of the proof beside a token, but for what chance gives; `token` stands for the hash of that token. */
fun claimsOf(proof: String, token: String): Map<String, Any?> = claimsOf(proof).filterKeys { it != "jti" }
    .mapValues { (name, value) -> if (name == "ath" && value == encodeBase64Url(sha256(utf8(token)))) "token" else value }

/** Claims of a proof, as it was sent. */
fun claimsOf(proof: String): Map<String, Any?> =
    checkNotNull(JsonReader.readObject(String(checkNotNull(decodeBase64Url(proof.split('.')[1])))))
