import ControlPlane

/// The query parameters of the lists.
enum Parameters {
    static let metrics: [QueryParameter] = [
        .init(name: "from", schema: .timestamp, description: "Start; the run's own by default"),
        .init(name: "to", schema: .timestamp, description: "End; the run's own, or now"),
        .init(
            name: "resolution", schema: .duration(1...86_400),
            description: "Length of a step; at least 1 s, by default about 300 steps"),
        .init(
            name: "method", schema: .text(max: 50),
            description: "Of one endpoint; together with name"),
        .init(name: "name", schema: .text(max: 1000), description: "Of one endpoint"),
    ]

    static let clusters: [QueryParameter] = [
        .init(
            name: "fresh", schema: .oneOf(["true", "false"]),
            description: "true asks each cluster now, and waits for the answers for up to 3 s; "
                + "otherwise the answer is what was seen last, up to 10 s ago")
    ]

    static let runs =
        runFilters + [
            .init(
                name: "loadTestId", schema: .text(1, max: 100),
                description: "Runs of this load test")
        ] + runSort + page

    static let runsOfLoadTest = runFilters + runSort + page

    static let loadTests =
        common + [
            .init(
                name: "sort", schema: .oneOf(sortValues(LoadTestQuery.SortField.self)),
                description: "Order; a minus is descending; -createdAt by default")
        ] + page

    static let tokens =
        [
            QueryParameter(
                name: "tenantId", schema: .text(1, max: 100), description: "Of this tenant")
        ] + page

    private static let common: [QueryParameter] = [
        .init(name: "tenantId", schema: .text(1, max: 100), description: "Of this tenant"),
        .init(name: "envId", schema: .text(1, max: 100), description: "Of this environment"),
        .init(
            name: "tag", schema: .text(1, max: 100), description: "With all of these tags",
            isRepeatable: true),
        .init(name: "createdBy", schema: .text(1, max: 200), description: "Made by this token"),
        .init(
            name: "q", schema: .text(1, max: 200), description: "With this in the name or the id"),
    ]

    private static let runFilters: [QueryParameter] =
        common + [
            .init(
                name: "status", schema: .oneOf(RunState.allCases.map(\.rawValue)),
                description: "In one of these states", isList: true),
            .init(
                name: "verdict", schema: .oneOf(Verdict.Result.allCases.map(\.rawValue)),
                description: "With one of these verdicts", isList: true),
            .init(
                name: "label", schema: .string(LabelText.rule),
                description: "With all of these labels, each as KEY:VALUE", isRepeatable: true),
            .init(
                name: "startedAfter", schema: .timestamp, description: "Load seen after this time"),
            .init(
                name: "startedBefore", schema: .timestamp, description: "Load seen before this time"
            ),
        ]

    private static let runSort: [QueryParameter] = [
        .init(
            name: "sort", schema: .oneOf(sortValues(RunQuery.SortField.self)),
            description: "Order; a minus is descending; -createdAt by default")
    ]

    static let page: [QueryParameter] = [
        .init(
            name: "limit", schema: .integer(1...PageRequest.limitMax),
            description: "Items on a page; \(PageRequest.limitDefault) by default"),
        .init(
            name: "cursor", schema: .text(1, max: 2000),
            description: "nextCursor of the page before"),
    ]

    private static func sortValues<F>(_ field: F.Type) -> [String]
    where F: RawRepresentable<String> & CaseIterable {
        F.allCases.flatMap { [$0.rawValue, "-" + $0.rawValue] }
    }
}
