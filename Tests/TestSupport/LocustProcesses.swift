import Foundation
import FoundationNetworking
import Synchronization

/// A Python environment with Locust, under the package's root.
package enum LocustInstallation: String, CaseIterable, Sendable {
    /// The newest supported one, with POST for `/stop`.
    case current = ".venv"
    /// With GET for `/stop`, and without `/worker-count`.
    case older = ".venv-2.32"

    package var python: String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "\(rawValue)/bin/python").path
    }

    package var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: python) }
}

/// What to start: a master and its workers, all of one locustfile.
package struct LocustSetup: Sendable {
    package enum Locustfile: Sendable {
        case text(String)
        case path(String)
    }

    package var installation = LocustInstallation.current
    package var workers = 1
    package var locustfile = Locustfile.text(Self.pausingUsers)
    /// For the master only.
    package var arguments: [String] = []
    package var environment: [String: String] = [:]
    package var basePath = ""
    /// Sent while waiting for the workers to register.
    package var bearerToken: String?
    /// For a master that speaks TLS; made for `localhost`.
    package var tls: (certificateFile: String, keyFile: String)?

    package init() {}

    /// Users that make no request, for tests that are about the master only.
    package static let pausingUsers = """
        from locust import User, constant, task
        class Pausing(User):
            host = "http://127.0.0.1:9"
            wait_time = constant(0.1)
            @task
            def pause(self):
                pass
        """
}

/// Runs `body` beside a master whose workers have registered, and ends every process after it,
/// also when it throws.
package func withLocust<Result>(
    _ setup: LocustSetup = LocustSetup(), isolation: isolated (any Actor)? = #isolation,
    _ body: (LocustProcesses) async throws -> Result
) async throws -> Result {
    let processes = try LocustProcesses(setup)
    defer { processes.endAll() }
    try await processes.startAll()
    return try await body(processes)
}

/// The processes of one `withLocust`.
package final class LocustProcesses: Sendable {
    private struct Running {
        var master: LocustProcess?
        var workers: [LocustProcess] = []
        /// Of the web pages and for the workers.
        var ports: (web: UInt16, workers: UInt16) = (0, 0)
    }

    /// Locust needs about a second; a machine that builds beside it needs many.
    private static let startLimit = Duration.seconds(90)
    private static let portAttemptsMax = 3
    private static let pollPause = Duration.milliseconds(50)

    private let setup: LocustSetup
    private let directory: URL
    private let locustfile: String
    private let running = Mutex(Running())
    private let session = URLSession(configuration: .ephemeral)

    fileprivate init(_ setup: LocustSetup) throws {
        self.setup = setup
        directory = FileManager.default.temporaryDirectory
            .appending(path: "locust-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        switch setup.locustfile {
        case .path(let path): locustfile = path
        case .text(let text):
            let file = directory.appending(path: "locustfile.py")
            try Data(text.utf8).write(to: file)
            locustfile = file.path
        }
    }

    /// With the base path, without a slash at the end.
    package var baseURL: URL {
        let port = running.withLock { $0.ports.web }
        let origin = setup.tls == nil ? "http://127.0.0.1" : "https://localhost"
        return URL(string: "\(origin):\(port)\(setup.basePath)") ?? directory
    }

    /// For workers that a test starts by other means.
    package var workerPort: UInt16 { running.withLock { $0.ports.workers } }

    /// Sends `signal` to the master: SIGSTOP makes it hang, SIGKILL crashes it.
    package func signalMaster(_ signal: Int32) {
        running.withLock { $0.master }?.signal(signal)
    }

    /// - Parameter index: in the order of starting, from 0.
    package func signalWorker(_ index: Int, _ signal: Int32) {
        running.withLock { $0.workers[index] }.signal(signal)
    }

    /// The number of workers that were started, whatever became of them.
    package var workersStarted: Int { running.withLock { $0.workers.count } }

    /// Starts one more worker; `waitForWorkers` tells when it has registered.
    package func startWorker() throws {
        let (index, port) = running.withLock { ($0.workers.count, $0.ports.workers) }
        let worker = try start(
            "worker-\(index)",
            ["--worker", "--master-host", "127.0.0.1", "--master-port", "\(port)"])
        running.withLock { $0.workers.append(worker) }
    }

    /// Starts the master anew, on the same ports, after it was killed.
    package func restartMaster() async throws {
        running.withLock { $0.master.take() }?.end()
        try startMaster()
        try await waitForWorkers(0)
    }

    /// Everything the processes have written.
    package var logs: String {
        let all = running.withLock { [$0.master].compactMap(\.self) + $0.workers }
        return all.map { "== \($0.logFile.lastPathComponent)\n\($0.log)" }.joined(separator: "\n")
    }

    /// Returns when exactly `count` workers are connected; with 0, as soon as the master answers.
    package func waitForWorkers(_ count: Int, within limit: Duration = startLimit) async throws {
        let deadline = ContinuousClock.now + limit
        while true {
            if let found = await workerCount(), count == 0 || found == count { return }
            if running.withLock({ $0.master?.isRunning }) == false {
                throw LocustLaunchError("the master has ended:\n\(logs.suffix(4000))")
            }
            guard ContinuousClock.now < deadline else {
                throw LocustLaunchError("no \(count) workers in \(limit):\n\(logs.suffix(4000))")
            }
            try await Task.sleep(for: Self.pollPause)
        }
    }
}

// MARK: Starting and ending

extension LocustProcesses {
    fileprivate func startAll() async throws {
        for attempt in 1... {
            running.withLock { $0.ports = (Self.freePort(), Self.freePort()) }
            try startMaster()
            do {
                try await waitForWorkers(0)
                break
            } catch {
                // Between choosing a port and listening on it, another process may take it.
                let lostPort = logs.lowercased().contains("address already in use")
                guard lostPort, attempt < Self.portAttemptsMax else { throw error }
                running.withLock { $0.master.take() }?.end()
            }
        }
        for _ in 0..<setup.workers { try startWorker() }
        if setup.workers > 0 { try await waitForWorkers(setup.workers) }
    }

    fileprivate func endAll() {
        let all = running.withLock { running in
            defer { running = Running() }
            return running.workers + [running.master].compactMap(\.self)
        }
        for process in all { process.end() }
        session.invalidateAndCancel()
        try? FileManager.default.removeItem(at: directory)  // Only litter in a temporary place.
    }

    private func startMaster() throws {
        let ports = running.withLock { $0.ports }
        var arguments = ["--master", "--web-host", "127.0.0.1", "--web-port", "\(ports.web)"]
        arguments += ["--master-bind-host", "127.0.0.1", "--master-bind-port", "\(ports.workers)"]
        if !setup.basePath.isEmpty { arguments += ["--web-base-path", setup.basePath] }
        if let tls = setup.tls {
            arguments += ["--tls-cert", tls.certificateFile, "--tls-key", tls.keyFile]
        }
        let master = try start("master", arguments + setup.arguments)
        running.withLock { $0.master = master }
    }

    private func start(_ name: String, _ arguments: [String]) throws -> LocustProcess {
        try LocustProcess(
            python: setup.installation.python, arguments: ["-f", locustfile] + arguments,
            environment: setup.environment, directory: directory, name: name)
    }

    /// A port of the loopback interface that nobody uses now.
    private static func freePort() -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(descriptor, $0, length)
                _ = getsockname(descriptor, $0, &length)
            }
        }
        return UInt16(bigEndian: address.sin_port)
    }
}

// MARK: Asking the master

extension LocustProcesses {
    /// `nil` while nobody answers. A master that wants a login counts as one without workers.
    private func workerCount() async -> Int? {
        // URLSession believes no authority but the system's; the log says the same.
        guard setup.tls == nil else { return loggedWorkerCount }
        guard let answer = await get("worker-count") else { return nil }
        if let count = answer["worker_count"] as? Int { return count }
        let workers = await get("stats/requests")?["workers"] as? [[String: Any]]
        return workers?.count { $0["state"] as? String != "missing" } ?? 0
    }

    private var loggedWorkerCount: Int? {
        let log = running.withLock { $0.master }?.log ?? ""
        guard log.contains("Starting web interface at https") else { return nil }
        return log.split(separator: "\n").count { $0.contains("reported as ready") }
    }

    /// The JSON object at `path`; empty when the answer is something else.
    private func get(_ path: String) async -> [String: Any]? {
        var request = URLRequest(url: baseURL.appending(path: path), timeoutInterval: 5)
        if let token = setup.bearerToken {
            request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization")
        }
        // Not answering is what is being waited for.
        guard let (body, _) = try? await session.data(for: request) else { return nil }
        return (try? JSONSerialization.jsonObject(with: body)) as? [String: Any] ?? [:]
    }
}
