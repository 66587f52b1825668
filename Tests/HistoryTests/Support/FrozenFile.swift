import Foundation
import TestSupport

/// Files that nobody can change, the administrator included, who may always write otherwise.
enum FrozenFile {
    static let canBeMade: Bool = {
        guard geteuid() == 0, let folder = try? TemporaryFolder() else { return false }
        let path = folder.path("a")
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        defer { _ = succeeds(["chattr", "-i", path]) }
        return succeeds(["chattr", "+i", path]) && access(path, W_OK) != 0
    }()

    static func withFrozen(_ paths: [String], _ body: () async throws -> Void) async throws {
        defer { _ = succeeds(["chattr", "-i"] + paths) }
        guard succeeds(["chattr", "+i"] + paths) else { throw CocoaError(.fileWriteUnknown) }
        try await body()
    }
}
