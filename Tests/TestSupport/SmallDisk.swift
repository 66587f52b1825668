import Foundation

/// A small file system in memory; it goes with the test.
package final class SmallDisk: Sendable {
    private let folder: TemporaryFolder

    package static let canBeMade: Bool = {
        guard geteuid() == 0, let folder = try? TemporaryFolder() else { return false }
        let point = folder.path("mount")
        try? FileManager.default.createDirectory(atPath: point, withIntermediateDirectories: true)
        guard mount(at: point) else { return false }
        unmount(point)
        return true
    }()

    package init(megabytes: Int = 1) throws {
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.path("mount"), withIntermediateDirectories: true)
        guard Self.mount(at: folder.path("mount"), megabytes) else {
            throw CocoaError(.fileWriteUnknown)
        }
    }

    deinit { Self.unmount(folder.path("mount")) }

    package func path(_ name: String) -> String { folder.path("mount/" + name) }

    package func fill() throws {
        let descriptor = open(path("filler"), O_WRONLY | O_CREAT, 0o600)
        defer { close(descriptor) }
        let bytes = [UInt8](repeating: 1, count: 4096)
        while write(descriptor, bytes, bytes.count) > 0 {}
    }

    package func makeRoom() throws { try FileManager.default.removeItem(atPath: path("filler")) }

    package func makeReadOnly() throws {
        guard succeeds(["mount", "-o", "remount,ro", folder.path("mount")]) else {
            throw CocoaError(.fileWriteUnknown)
        }
    }

    private static func mount(at point: String, _ megabytes: Int = 1) -> Bool {
        succeeds(["mount", "-t", "tmpfs", "-o", "size=\(megabytes)m", "none", point])
    }

    /// Lazily: a store may be closed a moment later.
    private static func unmount(_ point: String) { _ = succeeds(["umount", "-l", point]) }
}

/// Whether a program ran and ended well.
package func succeeds(_ words: [String]) -> Bool {
    // A program that is not there is one that cannot do it.
    guard let id = try? spawn(words) else { return false }
    return awaitExit(of: id) == 0
}
