/// How many logins may fail: for a name from an address, for an address, and for a name.
///
/// Each has some tries that come back one by one, and a success gives back what it took. A try that
/// is refused takes nothing, so that nobody keeps others out by trying on. The tries of a name as a
/// whole, against which many addresses may guess together, do not count where somebody has logged
/// in with this name before: whoever does not know the password keeps its owner out only from
/// places that are new, and only for as long as the guessing goes on.
struct LoginThrottle: Sendable {
    /// Tries that can be made at once, and how long it takes until another comes back.
    struct Limit: Sendable {
        let burst: Double
        let pause: Duration
    }

    /// A person mistypes some times, and a guesser gets 2,880 tries a day.
    static let ofPair = Limit(burst: 5, pause: .seconds(30))
    /// People behind one address share it.
    static let ofAddress = Limit(burst: 30, pause: .seconds(10))
    /// 4,320 guesses a day, however many addresses guess.
    static let ofName = Limit(burst: 20, pause: .seconds(20))
    /// Entries of each kind; some 100 bytes each.
    static let countMax = 10_000

    private var pairs = Tries<Pair>(Self.ofPair)
    private var addresses = Tries<String>(Self.ofAddress)
    private var names = Tries<String>(Self.ofName)
    /// From where names have logged in, oldest first out.
    private var known: [Pair: Duration] = [:]

    private struct Pair: Hashable, Sendable {
        let name: String
        let address: String
    }

    /// Takes a try.
    ///
    /// - Parameter address: as `ClientNetwork` writes it.
    /// - Returns: how long to wait where there is none; nil where there was.
    mutating func begin(_ name: String, from address: String, at now: Duration) -> Duration? {
        let pair = Pair(name: name, address: address)
        let isKnown = known[pair] != nil
        let waits = [
            pairs.wait(for: pair, at: now), addresses.wait(for: address, at: now),
            isKnown ? .zero : names.wait(for: name, at: now),
        ]
        if let wait = waits.max(), wait > .zero { return wait }
        pairs.take(from: pair, at: now)
        addresses.take(from: address, at: now)
        if !isKnown { names.take(from: name, at: now) }
        return nil
    }

    /// Gives the try back that `begin` took.
    mutating func succeed(_ name: String, from address: String, at now: Duration) {
        let pair = Pair(name: name, address: address)
        pairs.forget(pair)
        addresses.giveBack(to: address, at: now)
        if known[pair] == nil { names.giveBack(to: name, at: now) }
        if known.count >= Self.countMax, let oldest = known.min(by: { $0.value < $1.value }) {
            known[oldest.key] = nil
        }
        known[pair] = now
    }

    /// A new password, or an end of the user: nobody is known by the old one.
    mutating func forget(_ name: String) {
        known = known.filter { $0.key.name != name }
    }

    var entryCount: Int { pairs.count + addresses.count + names.count }
}

/// The tries that each of many have left.
private struct Tries<Key: Hashable & Sendable>: Sendable {
    private struct Entry: Sendable {
        var left: Double
        var at: Duration
    }

    private let limit: LoginThrottle.Limit
    private var entries: [Key: Entry] = [:]

    init(_ limit: LoginThrottle.Limit) { self.limit = limit }

    var count: Int { entries.count }

    private func left(_ entry: Entry, at now: Duration) -> Double {
        min(limit.burst, entry.left + max(.zero, now - entry.at) / limit.pause)
    }

    func wait(for key: Key, at now: Duration) -> Duration {
        guard let entry = entries[key] else { return .zero }
        return limit.pause * max(0, 1 - left(entry, at: now))
    }

    mutating func take(from key: Key, at now: Duration) { add(-1, to: key, at: now) }

    mutating func giveBack(to key: Key, at now: Duration) { add(1, to: key, at: now) }

    mutating func forget(_ key: Key) { entries[key] = nil }

    private mutating func add(_ number: Double, to key: Key, at now: Duration) {
        if entries[key] == nil { makeRoom(at: now) }
        let old = entries[key].map { left($0, at: now) } ?? limit.burst
        entries[key] = Entry(left: min(limit.burst, old + number), at: now)
    }

    /// Forgets those with the most tries left, half of all: a flood of new ones pushes out itself
    /// and not those that it would have to guess at.
    private mutating func makeRoom(at now: Duration) {
        guard entries.count >= LoginThrottle.countMax else { return }
        let kept = entries.sorted { left($0.value, at: now) < left($1.value, at: now) }
            .prefix(LoginThrottle.countMax / 2)
        entries = Dictionary(uniqueKeysWithValues: kept.map { ($0.key, $0.value) })
    }
}
