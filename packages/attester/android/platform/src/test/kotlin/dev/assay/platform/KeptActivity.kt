package dev.assay.platform

import android.app.Activity
import android.app.Application
import android.content.Context
import android.content.ContextWrapper
import java.lang.reflect.Modifier
import java.util.IdentityHashMap

/** What the search must find. */
internal class KeepsContext(@Suppress("unused") private val context: Context)

/**
 * The fields that lead from an object to an activity, joined by ` > `; `null` if none do. The application and what the system
 * keeps for it are left out: they know the activities that are alive.
 */
internal fun pathToActivity(root: Any): String? {
    val seen = IdentityHashMap<Any, Unit>()
    val open = ArrayDeque(listOf(root to ""))
    while (open.isNotEmpty()) {
        val (one, path) = open.removeFirst()
        if (seen.put(one, Unit) != null) continue
        if (one is Activity) return path
        for ((name, next) in inside(one)) open.add(next to if (path.isEmpty()) name else "$path > $name")
    }
    return null
}

private fun inside(one: Any): List<Pair<String, Any>> = when {
    one is Application -> emptyList()
    one is ContextWrapper -> listOf("baseContext" to one.baseContext)
    // Of the system's own contexts only the one that they stand for: the rest is the system's.
    one is Context -> fieldsOf(one).filter { it.first == "${one.javaClass.simpleName}.mOuterContext" }
    one is Map<*, *> -> (one.keys + one.values).filterNotNull().map { "entry" to it }
    one is Iterable<*> -> one.filterNotNull().map { "element" to it }
    one is Array<*> -> one.filterNotNull().map { "element" to it }
    one.javaClass.name.substringBefore('.') in setOf("java", "javax", "jdk", "sun") || one is Thread -> emptyList()
    else -> fieldsOf(one)
}

private fun fieldsOf(one: Any): List<Pair<String, Any>> = generateSequence<Class<*>>(one.javaClass) { it.superclass }
    .takeWhile { it.name.substringBefore('.') != "java" }
    .flatMap { it.declaredFields.asSequence() }
    .filter { !Modifier.isStatic(it.modifiers) && !it.type.isPrimitive }
    .mapNotNull { field ->
        field.isAccessible = true
        field.get(one)?.let { "${one.javaClass.simpleName}.${field.name}" to it }
    }.toList()
