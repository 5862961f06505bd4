package dev.assay.core.measurement

/**
 * What a plan must match besides the image.
 *
 * @property app id of the app
 * @property build id of the build
 * @property abi the requested one; `null` if none was
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
 * Checks a plan against what is there, before anything is read.
 *
 * @throws MeasurementException `PLAN_BUILD` for the plan of another app, build or ABI, `PLAN_SEGMENT` for a segment
 *   that the image lacks, `PLAN_PROBE` for an undeclared probe, `PLAN_FUNCTION` for the text of functions or an
 *   undeclared exercise; `IMAGE_EMPTY`, `IMAGE_SEGMENTS`
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
