package dev.assay.packing

import org.objectweb.asm.AnnotationVisitor
import org.objectweb.asm.ClassReader
import org.objectweb.asm.ClassVisitor
import org.objectweb.asm.ClassWriter
import org.objectweb.asm.Label
import org.objectweb.asm.MethodVisitor
import org.objectweb.asm.Opcodes
import java.io.File
import java.util.zip.ZipEntry
import java.util.zip.ZipFile
import java.util.zip.ZipOutputStream

/**
 * `JAR TARGET`: copies a JAR without what only debuggers read: the tables of local variables, which javac too writes
 * only on request, and the maps of inlined lines. Line numbers stay for stack traces, and Kotlin's metadata for its
 * compiler.
 */
fun main(args: Array<String>) {
    val (source, target) = args.map(::File)
    ZipFile(source).use { jar ->
        ZipOutputStream(target.outputStream()).use { out ->
            for (entry in jar.entries().asSequence().filterNot(ZipEntry::isDirectory)) {
                val bytes = jar.getInputStream(entry).use { it.readBytes() }
                // One time for all: two builds of one source are the same bytes.
                out.putNextEntry(ZipEntry(entry.name).apply { time = entry.time })
                out.write(if (entry.name.endsWith(".class")) slim(bytes) else bytes)
                out.closeEntry()
            }
        }
    }
}

private const val INLINED_LINES = "Lkotlin/jvm/internal/SourceDebugExtension;"

private fun slim(bytes: ByteArray): ByteArray {
    // Built from nothing, so that names which nobody refers to any more go as well.
    val writer = ClassWriter(0)
    val visitor = object : ClassVisitor(Opcodes.ASM9, writer) {
        override fun visitSource(source: String?, debug: String?) = super.visitSource(source, null)

        override fun visitAnnotation(descriptor: String, visible: Boolean): AnnotationVisitor? =
            if (descriptor == INLINED_LINES) null else super.visitAnnotation(descriptor, visible)

        override fun visitMethod(access: Int, name: String, descriptor: String, signature: String?, exceptions: Array<String>?): MethodVisitor =
            object : MethodVisitor(Opcodes.ASM9, super.visitMethod(access, name, descriptor, signature, exceptions)) {
                override fun visitLocalVariable(name: String, descriptor: String, signature: String?, start: Label, end: Label, index: Int) = Unit
            }
    }
    ClassReader(bytes).accept(visitor, 0)
    return writer.toByteArray()
}
