import Foundation
import Networking

/// What reached the fake masters and what their load did, a line each, for an observer outside of
/// the service. Other programs can read it while it grows.
final class FleetLog {
    enum What: String {
        /// The identity route with the lease renewed: the first half of a poll.
        case look
        /// A look while another of the same run was under way.
        case overlap
        case identity
        case statistics
        case other
        case swarm
        case stop
        /// Load of a run is on from here.
        case began
        /// It is over from here, because of `/stop` or by the master itself.
        case stopped
        case endedByDeadline
        case endedByLease
        case endedByRunTime
        /// The fault of this master begins.
        case fault

        var isEnd: Bool {
            [.stopped, .endedByDeadline, .endedByLease, .endedByRunTime].contains(self)
        }
    }

    struct Line: Equatable {
        let time: MonotonicTime
        /// The number of the master, from 0.
        let master: Int
        let what: What
        /// Empty where none is known.
        let run: String
    }

    /// Written out above this, and whenever somebody says so.
    private static let bytesMax = 65_536

    private let file: FileHandle
    private var pending = ""

    init(_ path: String) throws {
        try Data().write(to: URL(filePath: path))
        file = try FileHandle(forWritingTo: URL(filePath: path))
    }

    func append(_ line: Line) throws {
        pending += "\(line.time.nanoseconds) \(line.master) \(line.what.rawValue) \(line.run)\n"
        if pending.utf8.count > Self.bytesMax { try flush() }
    }

    func flush() throws {
        guard !pending.isEmpty else { return }
        try file.write(contentsOf: Data(pending.utf8))
        pending = ""
    }

    /// The lines of a file in their order. A last one that is still being written is left out.
    static func read(_ path: String) throws -> [Line] {
        let text = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
        let whole = text.lastIndex(of: "\n").map { text[..<$0] } ?? ""
        return whole.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            guard words.count == 4, let time = Int64(words[0]), let master = Int(words[1]),
                let what = What(rawValue: String(words[2]))
            else { return nil }
            return Line(
                time: MonotonicTime(nanoseconds: time), master: master, what: what,
                run: String(words[3]))
        }
    }
}
