import Foundation

/// A folder that goes with the test.
package final class TemporaryFolder: Sendable {
    private let url: URL

    package init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        // What stays behind is the system's to clean.
        try? FileManager.default.removeItem(at: url)
    }

    package func path(_ name: String) -> String { url.appending(path: name).path() }

    /// The names of the files in it.
    package func names() throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: url.path()))
    }
}
