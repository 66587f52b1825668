import ControlPlane
import Drivers
import Foundation
import LoadEngine

/// An engine's whole life: the order, the load, the last report.
struct EngineSession: Sendable {
    /// For requests on their way when the service has gone: nobody will hear of them.
    static let drainWithoutService = Duration.seconds(1)
    /// For a service that is slow to read the last report.
    static let lastReportMax = Duration.seconds(5)
    /// The kernel ends a process of the higher score first: rather an engine than the service.
    private static let outOfMemoryScore = "500"

    /// What happens to a session.
    private enum Event {
        case request(EngineRequest)
        case signalled
        /// The service is gone, or what it says cannot be understood.
        case inputEnded(String?)
        case loadEnded
    }

    let signals: AsyncStream<Int32>
    private let writer = AnswerWriter(descriptor: STDOUT_FILENO)
    private let loadOver = Latch()

    /// - Returns: the exit code.
    func run() async -> Int32 {
        Self.offerForSacrifice()
        let (events, continuation) = AsyncStream<Event>.makeStream()
        EngineInput(descriptor: STDIN_FILENO).read { request in
            continuation.yield(.request(request))
        } atEnd: { fault in
            continuation.yield(.inputEnded(fault))
        }
        return await withTaskGroup { group in
            group.addTask {
                for await _ in signals { continuation.yield(.signalled) }
                return Int32(1)
            }
            group.addTask { await live(on: events, continuation) }
            // The signals never end; the session does.
            let code = await group.next() ?? 1
            group.cancelAll()
            return code
        }
    }

    private func live(
        on events: AsyncStream<Event>, _ continuation: AsyncStream<Event>.Continuation
    ) async -> Int32 {
        var iterator = events.makeAsyncIterator()
        let order: EngineOrder
        switch await iterator.next() {
        case .request(.order(let first)): order = first
        case .inputEnded(let fault?): return await refuse([Self.fault(fault)])
        case .request, .inputEnded, .signalled, .loadEnded, nil:
            return await refuse([Self.fault("an engine needs an order first")])
        }
        do {
            let relay = ReportRelay(writer: writer) {
                loadOver.set()
                continuation.yield(.loadEnded)
            }
            let load = try begin(order, relay)
            while let event = await iterator.next() {
                if let code = await react(to: event, load, relay) { return code }
            }
            return 1
        } catch let error as OrderFault {
            return await refuse(error.faults)
        } catch {
            return await refuse([Self.fault("\(error)")])
        }
    }

    /// Starts the load, and announces it before its first report.
    private func begin(_ order: EngineOrder, _ relay: ReportRelay) throws -> LoadRun {
        let plan = try order.plan()
        relay.begin(plan)
        let load = try LoadRun.start(plan) { relay.take($0) }
        relay.announce()
        return load
    }

    /// - Returns: the exit code when the session is over.
    private func react(to event: Event, _ load: LoadRun, _ relay: ReportRelay) async -> Int32? {
        switch event {
        case .request(.order): load.stop(.failed("a second order came"))
        case .request(.users(let users, let spawnRate)):
            load.setUsers(users, spawnRate: spawnRate)
        case .request(.lease): load.renewLease()
        case .request(.stop): load.stop()
        case .signalled:
            relay.noteSignal()
            load.stop()
        case .inputEnded(let fault):
            load.stop(.failed(fault ?? "the service is gone"))
            // There is nobody who could be told.
            _ = await loadOver.wait(within: Self.drainWithoutService, on: SystemTime())
            return 1
        case .loadEnded:
            return await writer.finish(within: Self.lastReportMax) ? 0 : 1
        }
        return nil
    }

    private func refuse(_ faults: [ScenarioFault]) async -> Int32 {
        writer.write(.refused(faults))
        _ = await writer.finish(within: Self.lastReportMax)
        return 1
    }

    private static func fault(_ message: String) -> ScenarioFault {
        ScenarioFault(pointer: "", message: message)
    }

    private static func offerForSacrifice() {
        // Where it may not be set, engines are like any other process.
        try? outOfMemoryScore.write(
            toFile: "/proc/self/oom_score_adj", atomically: false, encoding: .utf8)
    }
}
