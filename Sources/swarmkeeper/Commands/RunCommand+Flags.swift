extension RunCommand {
    static let flags: [Flag] = whatFlags + howFlags + waitingFlags + outputFlags + serviceFlags

    private static let whatFlags = [
        Flag(
            name: "test", value: "NAME|ID", summary: "a load test that the service has",
            group: "what"),
        Flag(
            name: "file", value: "FILE",
            summary: "its definition, in YAML or JSON; - is standard "
                + "input", group: "what"),
        Flag(
            name: "tenant", value: "ID", summary: "where --test is, or instead of the file's",
            group: "what"),
        Flag(name: "env", value: "ID", summary: "its environment, likewise", group: "what"),
    ]

    private static let howFlags = [
        Flag(name: "users", value: "N", summary: "of this run", group: "other than defined"),
        Flag(
            name: "spawn-rate", value: "N", summary: "users started per second",
            group: "other than defined"),
        Flag(name: "duration", value: "TIME", summary: "30s, 1m30s", group: "other than defined"),
        Flag(
            name: "target", value: "URL", summary: "the system under test",
            group: "other than defined"),
        Flag(name: "cluster", value: "ID", summary: "to run on", group: "other than defined"),
        Flag(
            name: "threshold", value: "TEXT",
            summary: "what must hold, such as 'p95 < 300ms', repeatable; replaces all of them",
            kind: .list, group: "other than defined"),
        Flag(
            name: "queue", value: "", summary: "wait for room on a cluster", kind: .toggle,
            group: "other than defined"),
        Flag(
            name: "queue-timeout", value: "TIME", summary: "for how long (the service's)",
            group: "other than defined"),
        Flag(
            name: "label", value: "KEY=VALUE", summary: "kept with the run, repeatable",
            kind: .list, group: "other than defined"),
        Flag(
            name: "no-ci-labels", value: "",
            summary: "no branch, tag, commit and pipeline from GitHub's or GitLab's variables",
            kind: .toggle, group: "other than defined"),
        Flag(
            name: "idempotency-key", value: "KEY",
            summary: "a start with the same key is the same run (random)",
            group: "other than defined"),
    ]

    private static let waitingFlags = [
        Flag(
            name: "wait", value: "", summary: "for the end of the run (the default)",
            kind: .toggle, group: "waiting"),
        Flag(
            name: "no-wait", value: "", summary: "exit with 0 once the run is accepted",
            kind: .toggle, group: "waiting"),
        Flag(
            name: "timeout", value: "TIME",
            summary: "for everything; then the run is stopped (none)", group: "waiting"),
        Flag(
            name: "patience", value: "TIME",
            summary: "how long the service may not answer (2m)", group: "waiting"),
    ]

    private static let outputFlags = [
        Flag(
            name: "junit", value: "FILE", summary: "one suite, one case per threshold",
            group: "results"),
        Flag(
            name: "json", value: "FILE",
            summary: "the run, its summary and the exit code; - is "
                + "standard output", group: "results"),
        Flag(
            name: "markdown", value: "FILE", summary: "the report for a pull request",
            group: "results"),
        Flag(
            name: "github", value: "", summary: "step summary, annotations and outputs",
            kind: .toggle, group: "results"),
        Flag(
            name: "exit-zero-on", value: "LIST",
            summary: "ends that do not fail the build, as inconclusive,failed", kind: .list,
            group: "results"),
        Flag(
            name: "no-color", value: "", summary: "as NO_COLOR in the environment", kind: .toggle,
            group: "results"),
    ]

    private static let serviceFlags = [
        Flag(
            name: "url", value: "URL", summary: "the service (http://127.0.0.1:8080)",
            group: "service"),
        Flag(
            name: "token-file", value: "FILE", summary: "instead of SWARMKEEPER_TOKEN",
            group: "service"),
        Flag(
            name: "ca-file", value: "FILE", summary: "who vouches for the service (PEM)",
            group: "service"),
    ]
}
