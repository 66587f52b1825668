extension AttackCommand {
    static let flags: [Flag] =
        loadFlags + requestFlags + connectionFlags + engineFlags + outputFlags

    private static let loadFlags = [
        Flag(
            name: "users", value: "N",
            summary: "connections (10); with --rate the most there may be",
            letter: "c", group: "how much"),
        Flag(
            name: "duration", value: "TIME",
            summary: "30s, 1m30s; or until --stages are over (10s)",
            letter: "d", group: "how much"),
        Flag(
            name: "rate", value: "N/s", summary: "arrivals per second, 60/m: the open model",
            letter: "r", group: "how much"),
        Flag(
            name: "stages", value: "LIST",
            summary: "ramps: 30s:100,1m:100 (users), 30s:100/s (rates)",
            group: "how much"),
        Flag(
            name: "spawn-rate", value: "N", summary: "users started per second (all at once)",
            group: "how much"),
        Flag(
            name: "think-time", value: "TIME", summary: "wait of a user: 500ms, 100ms..2s, exp:1s",
            group: "how much"),
        Flag(
            name: "max-requests", value: "N",
            summary: "end after so many; without --duration, "
                + "only then", group: "how much"),
        Flag(
            name: "drain", value: "TIME", summary: "wait for last answers at the end (5s)",
            group: "how much"),
        Flag(
            name: "stop-on-failures", value: "PERCENT",
            summary: "end when more than this failed in 10 seconds", group: "how much"),
    ]

    private static let requestFlags = [
        Flag(
            name: "method", value: "METHOD", summary: "GET; with --body POST", letter: "m",
            group: "what"),
        Flag(
            name: "header", value: "'NAME: VALUE'", summary: "may be repeated", letter: "H",
            kind: .list, group: "what"),
        Flag(
            name: "body", value: "TEXT|@FILE", summary: "@- is standard input", letter: "b",
            group: "what"),
        Flag(
            name: "scenario", value: "FILE", summary: "requests or steps, in YAML or JSON",
            group: "what"),
        Flag(
            name: "targets", value: "FILE", summary: "a list of requests, in Vegeta's formats",
            group: "what"),
    ]

    private static let connectionFlags = [
        Flag(
            name: "timeout", value: "TIME", summary: "for a response to be complete (30s)",
            group: "connections"),
        Flag(
            name: "connect-timeout", value: "TIME", summary: "for a connection to stand (5s)",
            group: "connections"),
        Flag(
            name: "close", value: "", summary: "a new connection for each request", kind: .toggle,
            group: "connections"),
        Flag(
            name: "follow-redirects", value: "N", summary: "up to N for one request (0)",
            group: "connections"),
        Flag(
            name: "insecure", value: "", summary: "believe any certificate", kind: .toggle,
            group: "connections"),
        Flag(
            name: "ca-file", value: "FILE", summary: "believe these authorities, in PEM format",
            group: "connections"),
        Flag(
            name: "cert", value: "FILE", summary: "client certificate, in PEM format",
            group: "connections"),
        Flag(
            name: "key", value: "FILE", summary: "its key (in the same file)", group: "connections"
        ),
        Flag(
            name: "resume", value: "", summary: "resume TLS sessions", kind: .toggle,
            group: "connections"),
    ]

    private static let engineFlags = [
        Flag(
            name: "threads", value: "N", summary: "that generate load (1)", group: "engine"),
        Flag(
            name: "tick", value: "auto|exact|TIME",
            summary: "how exactly a rate keeps its times (auto); longer is cheaper",
            group: "engine"),
        Flag(
            name: "seed", value: "N",
            summary: "of every random choice, told in the summary (random)", group: "engine"),
    ]

    private static let outputFlags = [
        Flag(
            name: "output", value: "FORMAT=FILE",
            summary: "json, csv (seconds) or hdr (percentiles); - is standard output",
            kind: .list, group: "output"),
        Flag(
            name: "quiet", value: "", summary: "no progress, only the summary", kind: .toggle,
            group: "output"),
        Flag(
            name: "no-color", value: "", summary: "as NO_COLOR in the environment", kind: .toggle,
            group: "output"),
    ]
}
