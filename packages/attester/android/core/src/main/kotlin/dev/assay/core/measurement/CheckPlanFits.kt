package dev.assay.core.measurement

/**
 * What a plan must agree with besides the image.
 *
 * @property app id of the app
 * @property build id of the build
 * @property abi the one that was asked for; `null` where none was
 * @property probes names of the declared probes
 * @property exercises names of those that can be carried out
 */
public class PlanExpectation(
    public val app: String,
    public val build: String,
    public val abi: String?,
    public val probes: Set<String>,
    public val exercises: Set<String> = dev.assay.core.measurement.exercises.keys,
)

/**
 * Holds a plan against what is there, before anything is read.
 *
 * @throws MeasurementException `PLAN_BUILD` for another app's, build's or ABI's plan, `PLAN_SEGMENT` for a segment that the
 *   image lacks, `PLAN_PROBE` for a probe that is not declared, `PLAN_FUNCTION` for text of functions, or an exercise that
 *   is not declared; `IMAGE_EMPTY`, `IMAGE_SEGMENTS`
 */
public fun checkPlanFits(plan: Plan, segments: List<Segment>, expected: PlanExpectation) {
    must(
        plan.app == expected.app && plan.build == expected.build && plan.abi == expected.abi,
        MeasurementCode.PLAN_BUILD,
    )
    val count = coveredSegments(segments, plan.coverage).size
    must(plan.reads.all { it.segment < count }, MeasurementCode.PLAN_SEGMENT)
    must(expected.probes.containsAll(plan.probes), MeasurementCode.PLAN_PROBE)
    must(plan.show.isEmpty() && expected.exercises.containsAll(plan.run), MeasurementCode.PLAN_FUNCTION)
}
