extension Mistake {
    static let ofLimits: [Mistake] = [
        .init(
            "tenants: [{ id: t, environments: [{ id: d, limits: { maxQueuedRuns: 1 } }] }]",
            "c.yaml:3:54: unknown key maxQueuedRuns; there are maxConcurrentRuns, maxRunsPerDay, "
                + "maxUsers, maxTotalUsers, maxSpawnRate, maxRequestsPerSecond, "
                + "maxTotalRequestsPerSecond, maxDurationSeconds"),
        .init(
            "tenants: [{ id: t, environments: [d, { id: d }] }]",
            "c.yaml:3:44: the environment d is defined twice"),
        .init(
            "tenants: [{ id: t, environments: [{ limits: {} }] }]", "c.yaml:3:35: id is missing"),
        .init(
            "tenants: [{ id: t, environments: [d], limits: { maxSpawnRate: -1 } }]",
            "c.yaml:3:63: maxSpawnRate must be a number of 0 or more"),
        .init("targets: [{ host: a }]", "c.yaml:3:11: limits is missing"),
        .init("targets: [{ limits: {} }]", "c.yaml:3:11: host is missing"),
        .init(
            "targets: [{ host: a, limits: { maxUsers: 1 } }]",
            "c.yaml:3:32: unknown key maxUsers; there are maxConcurrentRuns, maxTotalUsers, "
                + "maxTotalRequestsPerSecond"),
        .init(
            "targets: [{ host: \"http://a\", limits: {} }]",
            "c.yaml:3:19: host must be a host such as shop.example, shop.example:8443, [::1]:80, "
                + "*.example for all names below it, or * for all hosts"),
        .init(
            "targets: [{ host: a, limits: {} }, { host: a, limits: {} }]",
            "c.yaml:3:44: the target a is given twice"),
    ]
}
