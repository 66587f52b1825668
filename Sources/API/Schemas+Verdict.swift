import ControlPlane
import Thresholds

/// Thresholds and verdicts.
extension Schemas {
    static let thresholdsField = optional(
        "thresholds",
        .array(
            .textOr(StringRule(lengthMin: 1, lengthMax: Dialects.charactersMax), thresholdInput),
            countMax: PlanLimits.thresholdsMax),
        "What must hold, such as \"p95 < 300ms\", \"errorRate of \\\"GET /cart\\\" < 1%\" or "
            + "\"p99 < 800ms for 30s\": a run is judged by it and has a verdict. Measures are "
            + "p50 or any percentile, min, mean, max (us, ms, s), errorRate (%), rps (/s), count, "
            + "failures and dropped; for is a window. \"p95 regression < 10%\" limits by how much "
            + "a percentile, mean, rps or errorRate (then in pp, percentage points) is worse than "
            + "the baseline's, and is broken only where all of its interval is beyond the limit. "
            + "Spellings of k6, Azure Load Testing and "
            + "Taurus are translated where they mean exactly the same",
        example: .array([.string("p95 < 300ms"), .string("errorRate < 1%")]))

    static let runThresholdsField = optional(
        thresholdsField.name, thresholdsField.schema,
        "The definition's by default. Given, they replace all of the definition's for this run; "
            + "[] judges it by nothing", example: thresholdsField.example)

    private static let thresholdInput = ObjectSchema(
        "ThresholdInput",
        [
            required("expression", .text(1, max: Dialects.charactersMax), "As the text alone"),
            optional(
                "severity", .oneOf(Threshold.Severity.allCases.map(\.rawValue)),
                "warn tells of it and lets the run pass; fail by default"),
            optional(
                "windowSeconds", .duration(ThresholdText.windowRange),
                "The same as for in the expression: it must hold in every stretch of that length"),
            optional(
                "ignoreFirstSeconds", .duration(0...PlanLimits.durationSecondsMax),
                "A warm-up that does not count, from the order on; 0 by default"),
            optional(
                "abortAfterSeconds", .duration(0...3600),
                "The run is stopped, as thresholdBroken, when it was broken for so long on end; "
                    + "never by default. With a window of response times: of at most 5 minutes"),
        ])

    private static let thresholdFields: [ObjectSchema.Field] = [
        required("expression", .text(max: 2000), "In one spelling, whatever it was given in"),
        required("severity", .oneOf(Threshold.Severity.allCases.map(\.rawValue)), "fail or warn"),
        required("windowSeconds", .nullable(.measure), "Null for the whole run"),
        required("ignoreFirstSeconds", .measure, "The warm-up that does not count"),
        required("abortAfterSeconds", .nullable(.measure), "Null never stops the run"),
    ]

    static let threshold = ObjectSchema("Threshold", thresholdFields)

    static let verdict: [ObjectSchema.Field] = [
        required(
            "verdict", .nullable(.oneOf(Verdict.Result.allCases.map(\.rawValue))),
            "Null as long as the run is not over, and without thresholds. failed: a threshold is "
                + "broken, also by the clean seconds alone. passed: all hold, of a clean "
                + "measurement of a whole run. inconclusive: everything else"),
        required("verdictReason", .nullable(.text(max: 10_000)), "In words"),
        required(
            "measurement", .nullable(.object(measurement)),
            "Whether the numbers are the target's; null without a verdict"),
        required(
            "thresholds", .array(.object(judgedThreshold), countMax: PlanLimits.thresholdsMax),
            "What the run is judged by, and what became of it"),
        required(
            "baseline", .nullable(.object(judgedBaseline)),
            "What regressions were told by; null without such thresholds, or a verdict"),
    ]

    private static let judgedThreshold = ObjectSchema(
        "JudgedThreshold",
        thresholdFields + [
            required(
                "outcome",
                .nullable(.oneOf(ThresholdResult.Outcome.allCases.map(\.rawValue))),
                "noData: what was measured cannot tell. Null without a verdict"),
            required(
                "actual", .nullable(.signed),
                "Of the run, or of the window that was the worst; of a regression by how much it "
                    + "is worse than the baseline"),
            required(
                "actualFrom", .nullable(.signed),
                "Of a regression, where actual lies with a confidence of 95 %; otherwise null"),
            required("actualTo", .nullable(.signed), "The other end"),
            required("unit", .oneOf(["ms", "%", "/s", "", "pp"]), "Of actual"),
            required("from", .nullable(.measure), "Where that was, in seconds since the order"),
            required("seconds", .nullable(.measure), "How long that was"),
            required(
                "brokenAt", .nullable(.measure),
                "The first second that broke it, since the order; null where it held, or was "
                    + "broken by no single one"),
            required("brokenSeconds", .nullable(.measure), "How long it was broken in all"),
            required(
                "certain", .nullable(.boolean),
                "False for one that is broken only where the generator was in the way"),
            required(
                "reason", .nullable(.text(max: 10_000)),
                "In words; null where it held and was no regression"),
        ])

    private static let measurement = ObjectSchema(
        "Measurement",
        [
            required(
                "clean", .boolean,
                "Whether the generator was in the way for at most a twentieth of the time, and no "
                    + "numbers are missing"),
            required("seconds", .measure, "Of which there are numbers"),
            required("cleanSeconds", .measure, "In which nothing was in the way"),
            required(
                "cleanStretches",
                .array(.object(stretch), countMax: MeasurementVerdict.stretchesMax),
                "Where these are, the first \(MeasurementVerdict.stretchesMax)"),
            required(
                "evidence", .array(.text(max: 1000), countMax: 20), "What was in the way"),
        ])

    private static let stretch = ObjectSchema(
        "Stretch",
        [
            required("from", .measure, "In seconds since the order"),
            required("to", .measure, "In seconds since the order"),
        ])
}
