import Foundation
import TestSupport

/// A file system of one megabyte, in memory; it goes with the test.
final class SmallDisk {
    private let folder: TemporaryFolder

    static let canBeMade: Bool = {
        guard geteuid() == 0, let folder = try? TemporaryFolder() else { return false }
        let point = folder.path("mount")
        try? FileManager.default.createDirectory(atPath: point, withIntermediateDirectories: true)
        guard mount(at: point) else { return false }
        unmount(point)
        return true
    }()

    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.path("mount"), withIntermediateDirectories: true)
        guard Self.mount(at: folder.path("mount")) else {
            throw CocoaError(.fileWriteUnknown)
        }
    }

    deinit { Self.unmount(folder.path("mount")) }

    func path(_ name: String) -> String { folder.path("mount/" + name) }

    func fill() throws {
        let descriptor = open(path("filler"), O_WRONLY | O_CREAT, 0o600)
        defer { close(descriptor) }
        let bytes = [UInt8](repeating: 1, count: 4096)
        while write(descriptor, bytes, bytes.count) > 0 {}
    }

    func makeRoom() throws { try FileManager.default.removeItem(atPath: path("filler")) }

    func makeReadOnly() throws {
        guard runs(["mount", "-o", "remount,ro", folder.path("mount")]) else {
            throw CocoaError(.fileWriteUnknown)
        }
    }

    private static func mount(at point: String) -> Bool {
        runs(["mount", "-t", "tmpfs", "-o", "size=1m", "none", point])
    }

    /// Lazily: a store may be closed a moment later.
    private static func unmount(_ point: String) { _ = runs(["umount", "-l", point]) }
}

/// Files that nobody can change, the administrator included, who may always write otherwise.
enum FrozenFile {
    static let canBeMade: Bool = {
        guard geteuid() == 0, let folder = try? TemporaryFolder() else { return false }
        let path = folder.path("a")
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        defer { _ = runs(["chattr", "-i", path]) }
        return runs(["chattr", "+i", path]) && access(path, W_OK) != 0
    }()

    static func withFrozen(_ paths: [String], _ body: () async throws -> Void) async throws {
        defer { _ = runs(["chattr", "-i"] + paths) }
        guard runs(["chattr", "+i"] + paths) else { throw CocoaError(.fileWriteUnknown) }
        try await body()
    }
}

private func runs(_ words: [String]) -> Bool {
    // A program that is not there is one that cannot do it.
    guard let id = try? spawn(words) else { return false }
    return awaitExit(of: id) == 0
}
