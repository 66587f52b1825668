import Foundation
import TestSupport

/// What can be on a disk after a power failure: everything that was synced, and of the rest
/// whatever the disk had come to.
struct DiskImages {
    private var durable: [String: [UInt8]] = [:]
    private var pending: [(file: String, change: TestFileSystem.Change)] = []
    /// Files whose names are on disk, too.
    private var named: Set<String> = []

    mutating func note(_ change: TestFileSystem.Change) {
        switch change {
        case .write(let file, _, _), .truncate(let file, _), .delete(let file):
            pending.append((file, change))
        case .sync(let file):
            settle { $0.file == file && !$0.change.isDelete }
        case .syncFolder:
            named = Set(durable.keys).union(pending.map(\.file))
            settle(\.change.isDelete)
        case .mark: break
        }
    }

    private mutating func settle(
        _ isSynced: ((file: String, change: TestFileSystem.Change)) -> Bool
    ) {
        for (file, change) in pending where isSynced((file, change)) {
            Self.apply(change, to: &durable[file, default: []])
        }
        pending.removeAll(where: isSynced)
    }

    /// All that was written, as after a kill.
    var complete: [String: [UInt8]] {
        pending.reduce(into: durable) { Self.apply($1.change, to: &$0[$1.file, default: []]) }
    }

    /// Of what was not synced each write is there, missing, or there in part.
    func torn(by random: inout SeededGenerator) -> [String: [UInt8]] {
        var files = durable
        for (file, change) in pending {
            switch Int.random(in: 0..<3, using: &random) {
            case 0: break
            case 1: Self.apply(change, to: &files[file, default: []])
            default:
                let part = Self.part(of: change, Double.random(in: 0..<1, using: &random))
                if let part { Self.apply(part, to: &files[file, default: []]) }
            }
        }
        // A name that was not synced may be gone, and its file with it.
        for file in files.keys.sorted() where !named.contains(file) {
            if random.chance(30) { files[file] = nil }
        }
        return files
    }

    private static func part(of change: TestFileSystem.Change, _ share: Double)
        -> TestFileSystem.Change?
    {
        guard case .write(let file, let offset, let bytes) = change else { return nil }
        let count = Int(Double(bytes.count) * share)
        return .write(file: file, offset: offset, bytes: Array(bytes.prefix(count)))
    }

    private static func apply(_ change: TestFileSystem.Change, to bytes: inout [UInt8]) {
        switch change {
        case .write(_, let offset, let written):
            let end = offset + written.count
            if bytes.count < end { bytes += [UInt8](repeating: 0, count: end - bytes.count) }
            bytes.replaceSubrange(offset..<end, with: written)
        case .truncate(_, let size):
            if bytes.count > size { bytes.removeLast(bytes.count - size) }
        case .delete: bytes = []
        case .sync, .syncFolder, .mark: break
        }
    }
}

extension TestFileSystem.Change {
    fileprivate var isDelete: Bool {
        if case .delete = self { true } else { false }
    }
}
