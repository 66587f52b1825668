import Foundation
import TestSupport

/// A program that serves, with its output in a file. Ends by itself should the test not end it.
final class ServerProcess {
    private let id: pid_t
    private let output: String

    /// - Parameter secondsMax: how long it may live, whatever happens to the test.
    init(_ words: [String], output: String, secondsMax: Int = 150) throws {
        self.output = output
        id = try spawn(["timeout", "\(secondsMax)"] + words, output: output)
    }

    deinit {
        kill(id, SIGTERM)
        _ = awaitExit(of: id)
    }

    /// What it has written so far.
    var text: String {
        // Nothing was written yet.
        (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
    }

    static func isInstalled(_ program: String) -> Bool {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return path.split(separator: ":").contains {
            FileManager.default.isExecutableFile(atPath: "\($0)/\(program)")
        }
    }
}
