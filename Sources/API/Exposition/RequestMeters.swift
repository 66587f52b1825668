import Metrics
import Synchronization

/// Counts the requests that are answered and how long that takes. What a request adds is a few
/// statements under two locks that nobody holds for longer.
final class RequestMeters: Sendable {
    /// What requests are counted by. Bounded: routes are the program's own, and so are methods and
    /// statuses, as they are written here.
    struct Key: Hashable, Comparable {
        let method: String
        /// As it is declared, with names for what varies; `unmatched` for a path of no route.
        let route: String
        /// Its first digit: `2xx`.
        let status: String

        init(method: String, route: String, status: Int) {
            self.method = Self.methods.contains(method) ? method : "other"
            self.route = route.isEmpty ? "unmatched" : route
            self.status = "\(status / 100)xx"
        }

        static func < (left: Self, right: Self) -> Bool {
            (left.route, left.method, left.status) < (right.route, right.method, right.status)
        }

        private static let methods: Set = [
            "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS",
        ]
    }

    /// Codes of errors that are told apart: those that there are, and room for the server's.
    static let codesMax = 200

    private let durations = Mutex<[Key: DurationMeter]>([:])
    private let refusals = Mutex<[String: Int]>([:])
    private let running = Atomic(0)

    var inFlight: Int { running.load(ordering: .relaxed) }

    func begin() { running.add(1, ordering: .relaxed) }

    func end(_ method: String, _ route: String, _ status: Int, after duration: Duration) {
        running.subtract(1, ordering: .relaxed)
        let key = Key(method: method, route: route, status: status)
        let meter = durations.withLock { durations in
            if let known = durations[key] { return known }
            let meter = DurationMeter()
            durations[key] = meter
            return meter
        }
        meter.record(duration)
    }

    /// A request was answered with an error of this code.
    func refuse(_ code: String) {
        refusals.withLock { refusals in
            let isKnown = refusals[code] != nil || refusals.count < Self.codesMax
            refusals[isKnown ? code : "other", default: 0] += 1
        }
    }

    var byKey: [(Key, DurationCounts)] {
        durations.withLock { $0 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value.snapshot) }
    }

    var byCode: [(String, Int)] {
        refusals.withLock { $0 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
