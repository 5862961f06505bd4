package dev.assay.platform

import java.io.DataInputStream
import java.io.InputStream

/** What a class file names: enough of it to tell which members of which classes it calls. */
class ClassFile(stream: InputStream) {
    /** Fields and methods that it uses, as `OWNER.NAME DESCRIPTOR`. */
    val uses: Set<String>

    /** Fields and methods that it has, as `NAME DESCRIPTOR`. */
    val members: Set<String>

    /** The class that it extends, and interfaces. */
    val parents: List<String>

    init {
        val input = DataInputStream(stream.buffered())
        check(input.readInt() == 0xcafebabe.toInt()) { "no class file" }
        input.skipBytes(4)
        val pool = readPool(input)
        fun text(index: Int) = pool[index] as String
        fun className(index: Int) = text((pool[index] as IntArray)[1])
        uses = pool.filterIsInstance<IntArray>().filter { it[0] in 9..11 }.map { (_, owner, member) ->
            val (_, name, descriptor) = pool[member] as IntArray
            "${className(owner)}.${text(name)} ${text(descriptor)}"
        }.toSet()
        input.skipBytes(4)
        val parent = input.readUnsignedShort()
        val interfaces = List(input.readUnsignedShort()) { className(input.readUnsignedShort()) }
        parents = (if (parent == 0) emptyList() else listOf(className(parent))) + interfaces
        members = HashSet<String>().apply {
            repeat(2) {
                repeat(input.readUnsignedShort()) {
                    input.skipBytes(2)
                    add("${text(input.readUnsignedShort())} ${text(input.readUnsignedShort())}")
                    repeat(input.readUnsignedShort()) {
                        input.skipBytes(2)
                        input.skipBytes(input.readInt())
                    }
                }
            }
        }
    }

    /** Entries: text, or the tag and what it points to. */
    private fun readPool(input: DataInputStream): Array<Any?> {
        val pool = arrayOfNulls<Any>(input.readUnsignedShort())
        var i = 1
        while (i < pool.size) {
            val tag = input.readUnsignedByte()
            when (tag) {
                1 -> pool[i] = input.readUTF()
                7, 8, 16, 19, 20 -> pool[i] = intArrayOf(tag, input.readUnsignedShort())
                9, 10, 11, 12, 17, 18 -> pool[i] = intArrayOf(tag, input.readUnsignedShort(), input.readUnsignedShort())
                15 -> input.skipBytes(3)
                3, 4 -> input.skipBytes(4)
                5, 6 -> {
                    input.skipBytes(8)
                    i++
                }
                else -> error("a constant of kind $tag")
            }
            i++
        }
        return pool
    }
}
