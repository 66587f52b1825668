/// Where a reader of a stream is: behind which event of which process. To clients it is an opaque
/// id.
struct LivePosition: Equatable, Sendable {
    /// Longest id that is looked at; ours are shorter.
    static let textLengthMax = 100

    /// Tells a process of the service from all others: their numbers mean nothing to each other.
    let boot: String
    let number: Int

    init(boot: String, number: Int) {
        self.boot = boot
        self.number = number
    }

    /// Nil for what no process of ours has written.
    init?(_ text: String) {
        guard text.utf8.count <= Self.textLengthMax else { return nil }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty,
            parts[0].utf8.allSatisfy({ ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x7A) }),
            !parts[1].isEmpty, parts[1].utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
            let number = Int(parts[1])
        else { return nil }
        self.init(boot: String(parts[0]), number: number)
    }

    var text: String { "\(boot)-\(number)" }
}
