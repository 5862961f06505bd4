package dev.assay.core.measurement

import dev.assay.core.wire.Label
import dev.assay.core.wire.hmacSha256
import dev.assay.core.wire.lengthPrefixed
import dev.assay.core.wire.numberAt
import dev.assay.core.wire.sha256
import dev.assay.core.wire.uint32
import dev.assay.core.wire.uint64
import java.security.MessageDigest

/** The state of a fold: the response key and the chain, 32 bytes each. */
internal class FoldState(val key: ByteArray, val chain: ByteArray)

/** The byte for a step of the chain that carried out an exercise. */
private const val RUN: Byte = 4

/**
 * k = HMAC(E, label ‖ challenge ‖ SHA-256(plan)), then every read of the plan, then every exercise. The chain begins with
 * k and decides which read comes next and where it starts, so that neither order nor offsets exist before the challenge,
 * and nothing can be read ahead. One step of the chain:
 *
 * SHA-256(chain ‖ u32 index of the read ‖ operation ‖ D of the segment ‖ (u64 offset ‖ u32 length ‖ bytes) per piece)
 *
 * and of an exercise, carried out on the chain as it stands:
 *
 * SHA-256(chain ‖ u32 index of the exercise ‖ operation ‖ LP(name) ‖ LP(output))
 */
internal class Fold(
    private val plan: Plan,
    private val planBytes: ByteArray,
    private val challenge: ByteArray,
    private val digest: ImageDigest,
    private val image: CodeImage,
) {
    /** @throws MeasurementException `PLAN_EPOCH`, before anything is read, for the plan of another epoch */
    fun carryOut(): FoldState {
        must(numberAt(challenge, 8, 4) == plan.epoch, MeasurementCode.PLAN_EPOCH)
        val key = hmacSha256(digest.image, Label.RESPONSE.bytes, challenge, sha256(planBytes))
        var chain = key
        val left = plan.reads.indices.toMutableList()
        while (left.isNotEmpty()) {
            val index = left.removeAt((numberAt(chain, 0, 2) % left.size).toInt())
            chain = read(chain, index)
        }
        for ((index, name) in plan.run.withIndex()) {
            val output = exercises.getValue(name)(chain, planBytes)
            chain = sha256(chain, uint32(index.toLong()), byteArrayOf(RUN), lengthPrefixed(name), lengthPrefixed(output))
        }
        return FoldState(key, chain)
    }

    private fun read(begun: ByteArray, index: Int): ByteArray {
        val read = plan.reads[index]
        // The segment's D stands for its name, length and content in each step that reads from it.
        val segment = digest.segments[read.segment]
        val length = minOf(read.length.toLong(), segment.length).toInt()
        val places = segment.length - length + 1
        val isWalk = read.operation == Operation.WALK
        var chain = begun
        repeat(if (isWalk) read.count else 1) {
            val first = startOf(chain, places)
            val step = MessageDigest.getInstance("SHA-256")
            step.update(chain)
            step.update(uint32(index.toLong()))
            step.update(read.operation.byte)
            step.update(segment.digest)
            for (piece in 0 until if (isWalk) 1 else read.count) {
                val offset = (first + piece.toLong() * read.step) % places
                val bytes = image.read(segment.name, offset, length)
                check(bytes.size == length) { "image: missing or wrong" }
                step.update(uint64(offset))
                step.update(lengthPrefixed(bytes))
            }
            chain = step.digest()
        }
        return chain
    }
}

/** Where to start: bytes 2 to 7 of the chain, as one number, modulo the number of places. */
internal fun startOf(chain: ByteArray, places: Long): Long = numberAt(chain, 2, 6) % places
