import Networking

/// One run of the engine in this process: its threads, and what may be asked of them.
package final class LoadRun: Sendable {
    private let control: RunControl
    private let collector: LoopThread
    /// Arrivals are dealt out to the threads one by one: a thread without a connection could only
    /// drop its own, and would never send its part of a number of requests.
    private let usersMin: Int

    private init(control: RunControl, collector: LoopThread, usersMin: Int) {
        self.control = control
        self.collector = collector
        self.usersMin = usersMin
    }

    /// Looks up the hosts, which may take as long as the system's resolver does, makes
    /// everything ready, and starts the load.
    ///
    /// - Parameter onReport: called on the engine's own thread after each full second, and once
    ///   with `isFinal`. One that takes long delays reports and nothing else.
    /// - Throws: when no host has an address that load may go to, or the settings cannot be used.
    package static func start(
        _ plan: LoadPlan, onReport: @escaping @Sendable (LoadReport) -> Void
    ) throws(LoadError) -> LoadRun {
        let origins = plan.program.origins.map { OriginSlot(resolving: $0, for: plan) }
        return try start(plan, origins: origins, onReport: onReport)
    }

    /// Starts with hosts that were looked up.
    static func start(
        _ plan: LoadPlan, origins: [OriginSlot],
        onReport: @escaping @Sendable (LoadReport) -> Void
    ) throws(LoadError) -> LoadRun {
        precondition(plan.threads > 0, "somebody has to send the requests")
        var plan = plan
        // A thread without users would keep its share of the requests for ever.
        plan.threads = min(plan.threads, max(1, plan.model.usersMax))
        if let first = origins.first, !origins.contains(where: \.isUsable) {
            throw LoadError(first.refusal ?? first.fault ?? "\(first.origin) has no address")
        }
        DescriptorLimit.raise()
        let control = RunControl(
            lease: plan.lease, budget: plan.requestBudget, curve: plan.model.userCurve)
        let ports = try startWorkers(plan, origins, control)
        control.renewLease()
        control.begin(at: MonotonicTime.now.nanoseconds)
        let collector = Collector(plan: plan, control: control, ports: ports, onReport: onReport)
        do throws(SystemError) {
            let thread = try LoopThread.start(name: "collector") { collector.run() }
            let usersMin =
                switch plan.model {
                case .closed: 0
                case .open: plan.threads
                }
            return LoadRun(control: control, collector: thread, usersMin: usersMin)
        } catch {
            control.stop(.failed(error.description))
            throw LoadError(error.description)
        }
    }

    private static func startWorkers(
        _ plan: LoadPlan, _ origins: [OriginSlot], _ control: RunControl
    ) throws(LoadError) -> [WorkerPort] {
        let endpointCount = plan.program.endpoints.count
        let ports = (0..<plan.threads).map { _ in WorkerPort(endpointCount: endpointCount) }
        for (number, port) in ports.enumerated() {
            do throws(SystemError) {
                _ = try LoopThread.start(name: "load-\(number)") {
                    WorkerThread.run(plan, number, origins, control, port)
                }
            } catch {
                control.stop(.failed(error.description))
                control.begin(at: MonotonicTime.now.nanoseconds)
                throw LoadError(error.description)
            }
        }
        for port in ports {
            while true {
                guard let setUp = port.setUp else {
                    WorkerThread.pause()
                    continue
                }
                do throws(LoadError) {
                    try setUp.get()
                } catch {
                    control.stop(.failed(error.description))
                    control.begin(at: MonotonicTime.now.nanoseconds)
                    throw error
                }
                break
            }
        }
        return ports
    }

    /// When the load began, on the monotonic clock: the schedule of an open model counts from here.
    var startTime: MonotonicTime { MonotonicTime(nanoseconds: control.startTime) }

    /// Asks for the end: nothing new begins, and what is on its way has the plan's `drain`.
    package func stop(_ end: LoadEnd = .stopped) { control.stop(end) }

    /// Ends at once: what is on its way counts as in flight at the end.
    package func giveUp() { control.giveUp() }

    /// Says that whoever wants this load is still there.
    package func renewLease() { control.renewLease() }

    /// Changes the number of users of a closed model from now on, or the number of connections of
    /// an open one at once, of which each thread keeps one.
    ///
    /// - Parameter spawnRate: users per second, up or down.
    package func setUsers(_ users: Int, spawnRate: Double) {
        let elapsed = Duration.nanoseconds(
            max(0, MonotonicTime.now.nanoseconds - control.startTime))
        control.changeUsers(
            to: max(usersMin, users), spawnRate: spawnRate, after: elapsed)
    }

    /// Waits until the final report was delivered.
    package func finished() async { await collector.finished() }
}
