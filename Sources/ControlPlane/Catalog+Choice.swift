/// Which clusters may take a run.
extension Catalog {
    /// The clusters to try for a run, in the order of the configuration: the first with room takes
    /// it. A cluster that the definition names is the only one, whatever its kind; otherwise those
    /// of `LoadTestSpec.kinds` that serve its environment.
    ///
    /// - Parameter users: what the run asks for; who wants more than a cluster ever has need not
    ///   wait for it.
    /// - Throws: `.noCluster` or `.noClusterOfKind` when none serves it, `.tooManyUsers` when it
    ///   is too large for each that does.
    package func candidates(for spec: LoadTestSpec, users: Int) throws(ControlPlaneError)
        -> [Cluster]
    {
        let serving = clusters(serving: spec.environment)
        let suitable: [Cluster]
        if let id = spec.locustClusterId {
            suitable = serving.filter { $0.id == id }
            guard !suitable.isEmpty else { throw .noCluster(spec.environment) }
        } else {
            guard !serving.isEmpty else { throw .noCluster(spec.environment) }
            suitable = serving.filter { spec.kinds.contains($0.kind) }
            guard !suitable.isEmpty else {
                throw .noClusterOfKind(spec.kinds.first ?? .locust, spec.environment)
            }
        }
        let large = suitable.filter { users <= $0.capacity.usersMax ?? .max }
        guard !large.isEmpty else {
            throw .tooManyUsers(max: suitable.compactMap(\.capacity.usersMax).max() ?? 0)
        }
        return large
    }
}

extension LoadTestSpec {
    /// The kinds of cluster that the service may choose between.
    ///
    /// A scenario, or a list of targets, is something that Locust cannot run; a locustfile or user
    /// classes are something that the native engine cannot. Who gives only one of them means it.
    /// Who gives both has described the same load twice, and who gives neither wants requests to
    /// `targetUrl`: of the locustfile that a master has, or a plain GET by the native engine.
    package var kinds: [Cluster.Kind] {
        let isForNative = scenario != nil || targetsBase64 != nil
        let isForLocust = locustfile != nil || !userClasses.isEmpty
        switch (isForNative, isForLocust) {
        case (true, false): return [.native]
        case (false, true): return [.locust]
        default: return [.locust, .native]
        }
    }
}
