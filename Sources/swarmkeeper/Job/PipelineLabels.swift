import ControlPlane

/// What a pipeline says of itself, from GitHub's and GitLab's variables.
enum PipelineLabels {
    private static let pullRequest = "refs/pull/"
    /// What happens on a branch itself. What others set off, as `workflow_run` and `issue_comment`,
    /// runs by the name of the default branch whosever code it is that is tested.
    private static let eventsOfBranches: Set = [
        "push", "schedule", "workflow_dispatch", "repository_dispatch", "merge_group", "release",
    ]

    /// What is not set, or no label's value, is left out.
    static func read(_ environment: [String: String]) -> [String: String] {
        let set = environment.filter { !$0.value.isEmpty }
        let isTag = set["GITHUB_REF_TYPE"] == "tag"
        var labels: [String: String] = [:]
        labels["branch"] = branch(set, isTag)
        labels["tag"] = (isTag ? set["GITHUB_REF_NAME"] : nil) ?? set["CI_COMMIT_TAG"]
        labels["commit"] = set["GITHUB_SHA"] ?? set["CI_COMMIT_SHA"]
        labels["pipeline"] = set["GITHUB_RUN_ID"] ?? set["CI_PIPELINE_ID"]
        return labels.filter { RunLabels.isValue($0.value) }
    }

    /// Of a request to merge, a name that no stranger chooses: what comes from the branch `main` of
    /// a fork must not become the baseline of `main`.
    private static func branch(_ set: [String: String], _ isTag: Bool) -> String? {
        if set["GITHUB_HEAD_REF"] != nil {
            // `7/merge`; with `pull_request_target` it would be the branch to merge into.
            let ref = set["GITHUB_REF"] ?? ""
            return ref.hasPrefix(pullRequest) ? String(ref.dropFirst(pullRequest.count)) : nil
        }
        if let request = set["CI_MERGE_REQUEST_IID"] {
            let project = set["CI_MERGE_REQUEST_SOURCE_PROJECT_ID"]
            let isOwn = project != nil && project == set["CI_MERGE_REQUEST_PROJECT_ID"]
            return isOwn
                ? set["CI_MERGE_REQUEST_SOURCE_BRANCH_NAME"] : "merge-requests/\(request)"
        }
        if let event = set["GITHUB_EVENT_NAME"], !eventsOfBranches.contains(event) { return nil }
        return (isTag ? nil : set["GITHUB_REF_NAME"]) ?? set["CI_COMMIT_BRANCH"]
    }
}
