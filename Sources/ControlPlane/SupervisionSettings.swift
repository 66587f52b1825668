/// How runs are watched. Every wait is here, with its reason.
package struct SupervisionSettings: Equatable, Sendable {
    /// Between two polls of a running test: `orchestrator.metricsPollIntervalSeconds`.
    package var pollInterval = Duration.seconds(10)
    /// The same while somebody watches, if that is shorter: a master keeps an answer for 2 s.
    package var watchedPollInterval = Duration.seconds(2)
    /// Between two looks while load is expected to appear or to go. A master's identity route is
    /// not cached; its statistics are, for two seconds.
    package var watchInterval = Duration.milliseconds(500)
    /// Longest pause between polls of a master that does not answer.
    package var pollBackoffMax = Duration.seconds(30)
    /// Until load must be seen after it was asked for. A master answers `/swarm` in
    /// milliseconds, the first worker reports within 3 s, and its cache adds 2 s.
    package var startTimeout = Duration.seconds(20)
    /// A run that was accepted, and whose load nobody asked for before the service went away, is
    /// still started when it comes back within this time: later its load would surprise people.
    package var startResumableFor = Duration.seconds(60)
    /// How long a stop waits for the store to note it: longer than a store that works takes.
    package var stopWaitsForStore = Duration.milliseconds(500)
    /// How long a stop waits for a master that is slow to take other users. A change that is cut
    /// off may still reach it; the load that it then makes is seen and stopped.
    package var stopWaitsForUsersChange = Duration.seconds(1)
    /// A stop that takes longer is told to those who wait for it; a healthy cluster needs 1 s.
    package var stopIsSlowAfter = Duration.seconds(3)
    /// Without any sign of the cluster for this long, the run is given up and stopped.
    package var clusterLostAfter = Duration.seconds(60)
    /// How long load may go on without a sign of life from us.
    package var lease = Duration.seconds(60)
    /// After the deadline, load that can no longer be seen is taken as gone: the generator's own
    /// timer, the lease, and a worker's 60 s without its master have all run out by then.
    package var stopUnconfirmedAfter = Duration.seconds(130)
    /// First and longest pause between two tries to stop.
    package var stopRetryMin = Duration.milliseconds(500)
    package var stopRetryMax = Duration.seconds(10)
    /// Numbers that did not change for this long are final: workers report every 3 s and the
    /// master caches for 2 s.
    package var numbersSettleAfter = Duration.seconds(5)
    /// Longest wait for final numbers.
    package var numbersFinalTimeout = Duration.seconds(15)
    /// Load that ends this close before the deadline ended by the generator's own timer.
    package var deadlineTolerance = Duration.seconds(2)
    /// Workers of a killed master go on loading for up to 60 s (locust.md, 2.3); until then a
    /// cluster whose master was restarted is not free.
    package var orphanedWorkersLast = Duration.seconds(65)
    /// How long too few workers may be left: a pod that is started anew must not end a run.
    package var workersLossGrace = Duration.seconds(10)

    /// How long a run may wait in the queue where its start says nothing:
    /// `orchestrator.queueTimeoutSeconds`.
    package var queueTimeout = Duration.seconds(3600)
    /// Between two looks at a queue that nobody brings news of: as short as the time for which a
    /// look at a cluster holds.
    package var queueLookInterval = Duration.seconds(2)

    /// Between two looks at a cluster that answers, whoever uses it.
    package var clusterLookInterval = Duration.seconds(10)
    /// Longest pause between looks at a cluster that does not answer.
    package var clusterLookBackoffMax = Duration.seconds(30)
    /// A cluster that polls tell of anyway is still looked at this often.
    package var clusterLookIntervalWhilePolled = Duration.seconds(30)
    /// How long a list of clusters waits for looks that it needs.
    package var clusterLooksWait = Duration.seconds(3)
    /// A start looks at its clusters anew unless that was done within this time: as long as a
    /// master shows what was, and long enough that many starts at once are one look.
    package var startLookAgeMax = Duration.seconds(2)
    /// How long a start waits for these looks. A cluster that takes longer is given the run, whose
    /// supervisor has the patience for it.
    package var startLookWait = Duration.seconds(2)
    /// Foreign load that was seen within this time is in the way of a start although the cluster
    /// does not answer now: a look and a half, so that it is not forgotten between two of them.
    package var foreignLoadIsNews = Duration.seconds(15)
    /// Between two tries to stop load that should not be there, from the first to the longest
    /// pause. A master needs 2 s to show what a stop has done.
    package var loadReturnedRetryMin = Duration.seconds(3)
    package var loadReturnedRetryMax = Duration.seconds(30)
    /// Looks that are under way at the same time: enough for hundreds of clusters that answer
    /// within a second, and few enough for the descriptors of a small machine.
    package var clusterLooksMax = 64
    /// The same for clusters that did not answer the last time, so that dead ones cannot delay
    /// the others.
    package var clusterLooksOfDeadMax = 16

    package init() {}
}
