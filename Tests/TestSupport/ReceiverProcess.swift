import Foundation

/// A receiver of webhooks or of mail that is nothing of ours: a script of `Tests/Receivers`. Ends
/// by itself should the test not end it.
package final class ReceiverProcess: Sendable {
    package struct NotStarted: Error {
        package let log: String
    }

    package let port: Int
    private let id: pid_t
    private let folder: TemporaryFolder

    /// Starts the script and waits until it listens.
    ///
    /// - Parameter name: `hooks` or `mail`.
    package init(_ name: String, _ arguments: [String] = []) async throws {
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Receivers/\(name).py").path
        let folder = try TemporaryFolder()
        self.folder = folder
        id = try spawn(
            ["timeout", "600", "python3", script] + arguments, output: folder.path("log"))
        var port: Int?
        _ = await eventually {
            let line = Self.lines(of: folder).first
            port = line?["port"] as? Int
            return port != nil
        }
        guard let port else { throw NotStarted(log: Self.text(of: folder)) }
        self.port = port
    }

    /// What it has received, oldest first.
    package var received: [[String: any Sendable]] { Array(Self.lines(of: folder).dropFirst()) }

    package var text: String { Self.text(of: folder) }

    private static func text(of folder: TemporaryFolder) -> String {
        // Nothing was written yet.
        (try? String(contentsOfFile: folder.path("log"), encoding: .utf8)) ?? ""
    }

    /// A line that is not whole yet is none.
    private static func lines(of folder: TemporaryFolder) -> [[String: any Sendable]] {
        text(of: folder).split(separator: "\n").compactMap { line in
            let object = try? JSONSerialization.jsonObject(with: Data(line.utf8))
            return object as? [String: any Sendable]
        }
    }

    deinit {
        kill(id, SIGTERM)
        _ = awaitExit(of: id)
    }
}
