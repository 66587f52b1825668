/// What was asked of two runs in different ways.
package struct RunDifference: Equatable, Sendable {
    /// The field of the run, or of its definition.
    package let field: String
    /// What it was, and what it is; nil where that is too long to be told, or may hold a secret.
    package let before: String?
    package let after: String?
    /// Whether it alone may change every number, so that nothing can be said of the target.
    package let isSerious: Bool

    package var words: String {
        guard let before, let after else { return "\(field) is another one" }
        return "\(field) was \(before), is \(after)"
    }
}

extension RunDifference {
    package static func between(_ before: Run, _ after: Run) -> [RunDifference] {
        var found: [RunDifference] = []
        func compare<T: Equatable>(
            _ field: String, _ value: (Run) -> T, isSerious: Bool, shown: (Run) -> String?
        ) {
            guard value(before) != value(after) else { return }
            found.append(
                RunDifference(
                    field: field, before: shown(before), after: shown(after), isSerious: isSerious))
        }
        let isChanged = [before, after].contains { $0.targetUsersNow != nil }
        compare(
            "targetUsers", { isChanged ? $0.id.text : "\($0.plan.targetUsers)" }, isSerious: true,
            shown: \.usersInWords)
        compare("scenario", \.spec.scenario, isSerious: true) { _ in nil }
        compare("targetsBase64", \.spec.targetsBase64, isSerious: true) { _ in nil }
        compare("locustfile", \.spec.locustfile, isSerious: true) { $0.spec.locustfile ?? "any" }
        compare("scenarioId", \.spec.scenarioId, isSerious: true) { $0.spec.scenarioId ?? "none" }
        compare("userClasses", \.spec.userClasses, isSerious: true) {
            $0.spec.userClasses.isEmpty ? "all" : $0.spec.userClasses.joined(separator: ", ")
        }
        compare("targetUrl", \.spec.targetUrl, isSerious: false, shown: \.spec.shownTarget)
        compare("spawnRate", \.plan.spawnRate, isSerious: false) { $0.plan.spawnRate.words }
        compare("durationSeconds", \.plan.durationSeconds, isSerious: false) {
            $0.plan.durationSeconds.words
        }
        compare("envId", \.spec.envId, isSerious: false, shown: \.spec.envId)
        compare("locustClusterId", \.clusterID, isSerious: false, shown: \.clusterID)
        return found
    }
}

extension Run {
    fileprivate var usersInWords: String {
        "\(plan.targetUsers)" + (targetUsersNow.map { ", and \($0) in the end" } ?? "")
    }
}
