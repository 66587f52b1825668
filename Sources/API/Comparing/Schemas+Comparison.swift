import ControlPlane

/// Labels, baselines and comparisons.
extension Schemas {
    static let labels = Schema.dictionary(
        .text(1, max: RunLabels.valueLengthMax), countMax: RunLabels.countMax,
        keys: LabelText.keyRule)

    static let labelsField = optional(
        "labels", labels,
        "What is tested, such as branch, commit, tag or pipeline: to find the run by, and to "
            + "choose baselines by", example: .object(["branch": .string("main")]))

    static let baselineField = optional(
        "baseline", .object(baselineInput),
        "What runs are compared with; without it they are compared with nothing",
        example: .object(["kind": .string("lastPassed")]))

    private static let kindField = required(
        "kind", .oneOf(BaselineRule.Kind.allCases.map(\.rawValue)),
        "pinned: the run runId. lastPassed: the newest earlier run that passed, or that lacked "
            + "nothing but a baseline. median: the newest earlier runs that were not found bad, "
            + "together, whose median is steadier than one run. lastPassed and median "
            + "take only runs with the same load on the same requests in the same environment")
    private static let runIdMeaning = "The pinned run: one of this load test that is over"
    private static let runsMeaning = "How many runs a median takes"
    private static let labelsMeaning = "Only runs that carry all of these are taken"
    private static let same = Schema.array(
        .string(LabelText.keyRule), countMax: RunLabels.countMax)
    private static let sameMeaning =
        "Only runs that share the run's values of these labels are taken: with branch, each branch "
        + "has a baseline of its own"
    private static let missingMeaning =
        "Whether a run that has nothing to be compared with passes all the same"

    private static let baselineInput = ObjectSchema(
        "BaselineInput",
        [
            kindField,
            optional("runId", .text(1, max: 100), runIdMeaning),
            optional(
                "runs", .integer(BaselineRule.runsRange),
                runsMeaning + "; \(BaselineRule.runsByDefault) by default"),
            optional("labels", labels, labelsMeaning),
            optional("sameLabels", same, sameMeaning),
            optional(
                "passesIfMissing", .boolean,
                missingMeaning + "; by default it is inconclusive where a threshold needs one"),
        ])

    static let baseline = ObjectSchema(
        "Baseline",
        [
            kindField,
            required("runId", .nullable(.text(max: 100)), runIdMeaning + "; null for other kinds"),
            required(
                "runs", .nullable(.integer(BaselineRule.runsRange)),
                runsMeaning + "; null for other kinds"),
            required("labels", labels, labelsMeaning),
            required("sameLabels", same, sameMeaning),
            required("passesIfMissing", .boolean, missingMeaning),
        ])

    private static let runIds = required(
        "runIds", .array(.text(max: 100), countMax: BaselineRule.runsRange.upperBound),
        "The runs, the newest first; none where there was none")
    private static let historyRunIds = required(
        "historyRunIds", .array(.text(max: 100), countMax: Baseline.tellingRunsMax),
        "Other earlier runs of the same load, which only tell how much runs of one build differ "
            + "among themselves; of single endpoints the first four tell it. Beside a pinned run, "
            + "and one that was asked for, they are of any labels")
    private static let missing = required(
        "missing", .nullable(.text(max: 10_000)),
        "Why there is none, or fewer than were asked for; null where nothing is missing")

    static let judgedBaseline = ObjectSchema("JudgedBaseline", [runIds, historyRunIds, missing])

    static let comparison = ObjectSchema(
        "Comparison",
        [
            required("runId", .text(max: 100), "The run"),
            required(
                "baseline",
                .object(
                    ObjectSchema(
                        "ComparedBaseline",
                        [
                            required(
                                "source",
                                .oneOf(ComparisonHandlers.Source.allCases.map(\.rawValue)),
                                "request: the parameter baseline. verdict: what the run was judged "
                                    + "by. definition: the run's own copy of its load test. "
                                    + "loadTest: what that says now"),
                            runIds, historyRunIds, missing,
                        ])), "What it is compared with"),
            required("confidence", .measure, "Of the intervals: 0.95"),
            required(
                "comparable", .boolean,
                "Whether what differs can be the target's doing; otherwise trouble or differences "
                    + "say why not"),
            required(
                "trouble", .nullable(.text(max: 10_000)),
                "Why nothing can be compared, such as too few seconds or a generator in the way"),
            required(
                "notes", .array(.text(max: 10_000), countMax: 50),
                "What else to know, such as runs of the baseline that were left out"),
            required(
                "differences", .array(.object(difference), countMax: 50),
                "What was asked of the run in another way than of the baseline"),
            required(
                "ignoredSeconds", .measure,
                "At the start of each run that are not compared: users were still being added"),
            required(
                "comparisons", .count,
                "Numbers that were compared. Of identical builds up to one in twenty seems to "
                    + "differ"),
            required("totals", .object(comparedRow), "All requests"),
            required(
                "endpoints", .array(.object(comparedRow), countMax: RunComparison.endpointsMax),
                "Each endpoint of the run, those with the most requests first"),
            required("endpointsLeftOut", .count, "Endpoints that are not among them"),
        ])

    private static let difference = ObjectSchema(
        "RunDifference",
        [
            required("field", .text(max: 100), "Of the run or its definition"),
            required("before", .nullable(.text(max: 10_000)), "Null where it is not shown"),
            required("after", .nullable(.text(max: 10_000)), "Null where it is not shown"),
            required(
                "serious", .boolean, "Whether it alone may change every number: another load"),
        ])

    private static let finding = required(
        "finding", .oneOf(RunComparison.Finding.allCases.map(\.rawValue)),
        "worse or better: it differs by more than the noise within runs and between them. "
            + "withinNoise: that cannot be told from noise. unknown: reason says why, such as that "
            + "too few earlier runs tell the noise between runs")

    private static let comparedRow = ObjectSchema(
        "ComparedRow",
        [
            required("method", .nullable(.text(max: 1000)), "Null for all requests"),
            required("name", .nullable(.text(max: 10_000)), "Null for all requests"),
            required(
                "figures",
                .array(.object(comparedFigure), countMax: RunComparison.measures.count),
                "None where nothing could be compared"),
            required("reason", .nullable(.text(max: 10_000)), "Why not"),
        ])

    private static let comparedFigure = ObjectSchema(
        "ComparedFigure",
        [
            required("measure", .oneOf(RunComparison.measures.map(\.name)), "What is compared"),
            required("unit", .oneOf(["ms", "%", "/s"]), "Of before, after and the difference"),
            finding,
            required("reason", .nullable(.text(max: 10_000)), "Why nothing tells; else null"),
            required(
                "before", .nullable(.measure),
                "Of the baseline, without its ramp; of several runs their median"),
            required("after", .nullable(.measure), "Of the run, without its ramp"),
            required("difference", .nullable(.signed), "after - before"),
            required("differenceFrom", .nullable(.signed), "Where that lies"),
            required("differenceTo", .nullable(.signed), "The other end"),
            required(
                "percent", .nullable(.signed),
                "The difference in per cent of before; null where that may be 0"),
            required("percentFrom", .nullable(.signed), "Where that lies"),
            required("percentTo", .nullable(.signed), "The other end"),
            required(
                "smallestShown", .nullable(.measure),
                "The smallest change for the worse that these runs would have shown in four of "
                    + "five cases"),
            required(
                "smallestShownPercent", .nullable(.measure), "The same in per cent of before"),
        ])
}
