import Synchronization

/// A regular expression of PCRE2, over bytes: `.` is one byte, and case is that of ASCII.
///
/// A compiled expression may serve one thread at a time, so threads that meet here use copies,
/// made when they first meet; nobody waits as long as there is one to spare.
final class Pattern: Sendable {
    /// What a match came to.
    enum Outcome: Equatable {
        case found(Range<Int>)
        case none
        /// The limits were reached, or memory.
        case gaveUp(String)
    }

    /// Longest text of an expression.
    static let bytesMax = 4096
    /// Copies, and so threads that match at once.
    private static let copiesMax = 4

    let text: String
    let groupCount: Int
    private let copies: [PatternCopy]

    /// Compiles the expression, and so finds its mistakes.
    init(_ text: String) throws(PatternError) {
        self.text = text
        let matcher = try PatternMatcher(text)
        groupCount = matcher.groupCount
        var copies = [PatternCopy(text, matcher)]
        for _ in 1..<Self.copiesMax { copies.append(PatternCopy(text, nil)) }
        self.copies = copies
    }

    /// Where the group of the first match is; 0 for the whole match.
    ///
    /// - Parameter number: of the caller; those of different numbers tend to use other copies.
    func match(_ bytes: [UInt8], group: Int, preferring number: Int) -> Outcome {
        for copy in copies {
            if let outcome = copy.matchIfFree(bytes, group: group) { return outcome }
        }
        return copies[number % copies.count].match(bytes, group: group)
    }

    /// For messages of one line.
    var shown: String { "/\(text.prefix(60))/" }
}

extension Pattern: Hashable {
    static func == (left: Pattern, right: Pattern) -> Bool { left.text == right.text }
    func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

/// A compiled expression for one thread at a time.
private final class PatternCopy: Sendable {
    private let text: String
    private let matcher: Mutex<PatternMatcher?>

    init(_ text: String, _ matcher: consuming sending PatternMatcher?) {
        self.text = text
        self.matcher = Mutex(matcher)
    }

    func matchIfFree(_ bytes: [UInt8], group: Int) -> Pattern.Outcome? {
        matcher.withLockIfAvailable { Self.match(bytes, group, &$0, text) }
    }

    func match(_ bytes: [UInt8], group: Int) -> Pattern.Outcome {
        matcher.withLock { Self.match(bytes, group, &$0, text) }
    }

    private static func match(
        _ bytes: [UInt8], _ group: Int, _ matcher: inout PatternMatcher?, _ text: String
    ) -> Pattern.Outcome {
        do {
            if matcher == nil { matcher = try PatternMatcher(text) }
        } catch {
            return .gaveUp(error.message)
        }
        return matcher?.match(bytes, group: group) ?? .none
    }
}
