/// How long an engine is waited for. Every wait is here, with its reason.
struct EnginePatience: Equatable, Sendable {
    /// From the order until load is on. A process starts within 0.1 s; the rest is for a slow name
    /// server, and ends before the control plane's own patience with a start, 20 s.
    var start = Duration.seconds(15)
    /// For the last report and the end of the process after that, on a machine that is overloaded.
    var finish = Duration.seconds(5)
    /// After SIGTERM, and after SIGKILL: a process that does not read its requests may still end
    /// well; one that is killed is gone as soon as the kernel has freed its memory.
    var signal = Duration.seconds(3)
    /// Reports come every second; without one for this long a look finds no engine. Long enough
    /// for a machine that is overloaded, short enough that whoever watches a run is told.
    var silence = Duration.seconds(5)
    /// A stop this close before the engine's own end lets it end: the control plane's clock starts
    /// with the order, the engine's with the first request, and a schedule that is cut off by the
    /// time a process takes to start would miss its last requests.
    var lastMoments = Duration.seconds(1)
}
