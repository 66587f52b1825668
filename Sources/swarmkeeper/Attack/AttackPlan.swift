import Foundation
import LoadEngine

/// An attack that is ready to begin: what its options and files amount to.
struct AttackPlan {
    /// Why there is none.
    enum Failure: Error, CustomStringConvertible {
        /// The command line means nothing.
        case wrongLine(String)
        /// A file cannot be read or means nothing.
        case wrongFile(String)

        var description: String {
            switch self {
            case .wrongLine(let reason), .wrongFile(let reason): reason
            }
        }
    }

    /// Targets are lists that programs write.
    static let targetsBytesMax = 268_435_456

    /// The authorities of a whole system are a fifth of a megabyte.
    private static let pemBytesMax = 16_777_216

    let plan: LoadPlan
    /// What is shot at, in words.
    let title: String

    init(_ options: AttackOptions) throws(Failure) {
        try Self.check(options.load)
        switch options.source {
        case .url: try self.init(url: options)
        case .scenario(let file): try self.init(scenario: file, options)
        case .targets(let file): try self.init(targets: file, options)
        }
    }

    private init(url options: AttackOptions) throws(Failure) {
        let url = options.url ?? ""
        let body = try Self.body(options.body)
        // Nobody means `post`; methods are told apart by case.
        let method = options.method?.uppercased() ?? (body == nil ? "GET" : "POST")
        do throws(ScenarioError) {
            let scenario = try Scenario.single(
                method: method, url: url, headers: options.headers.map { ($0.name, $0.value) },
                body: body)
            let settings = AttackDefaults.fill(options.load, over: scenario.load)
            plan = try scenario.plan(over: settings, baseURL: nil)
        } catch {
            throw .wrongLine(error.problems.map(\.message).joined(separator: "\n"))
        }
        title = "\(method) \(url)"
    }

    private static func body(_ body: AttackOptions.Body?) throws(Failure) -> [UInt8]? {
        switch body {
        case nil: return nil
        case .text(let text): return Array(text.utf8)
        case .file(let path): return try read(path, bytesMax: ScenarioLimits.bodyBytesMax)
        }
    }

    private init(scenario path: String, _ options: AttackOptions) throws(Failure) {
        let bytes = try Self.read(path, bytesMax: ScenarioFile.bytesMax)
        let file: ScenarioFile
        do throws(ScenarioFile.Failure) {
            file = try ScenarioFile(bytes, name: TextFile.name(of: path))
                .adding(options.headers)
        } catch {
            throw .wrongFile(error.description)
        }
        do throws(ScenarioError) {
            let scenario = try Scenario.read(file.value)
            let settings = AttackDefaults.fill(options.load, over: scenario.load)
            plan = try scenario.plan(over: settings, baseURL: options.url)
            title = [scenario.name ?? file.name, options.url ?? scenario.baseURL]
                .compactMap(\.self).joined(separator: " at ")
        } catch {
            throw .wrongFile(file.failure(error).description)
        }
    }

    private init(targets path: String, _ options: AttackOptions) throws(Failure) {
        let bytes = try Self.read(path, bytesMax: Self.targetsBytesMax)
        let name = TextFile.name(of: path)
        do throws(ScenarioError) {
            let scenario = try Scenario.targets(bytes, hasBaseURL: options.url != nil) { file in
                // That there is no such file is told with the line that names it.
                try? TextFile.beginning(of: file, byteCount: ScenarioLimits.bodyBytesMax + 1)
            }
            let settings = AttackDefaults.fill(options.load, over: scenario.load)
            plan = try scenario.plan(over: settings, baseURL: options.url)
        } catch {
            let lines = error.problems.map {
                $0.pointer.isEmpty
                    ? "\(name): \($0.message)" : "\(name): \($0.pointer): \($0.message)"
            }
            throw .wrongFile(lines.joined(separator: "\n"))
        }
        title = "targets of \(name)"
    }

    /// The files of TLS are looked at also where no target speaks it: who names one means it.
    private static func check(_ load: LoadSettings) throws(Failure) {
        if let authorities = load.caFile { _ = try pem(authorities) }
        guard let certificate = load.clientCertificate else { return }
        _ = try pem(certificate.certificateFile)
        guard let text = try pem(certificate.keyFile) else { return }
        // Every kind of key has these words: RSA, EC, and those of RFC 7468, section 10.
        guard !text.contains("PRIVATE KEY-----") else { return }
        let hint =
            certificate.keyFile == certificate.certificateFile
            ? "; give its file with --key" : " in PEM format"
        throw .wrongFile("\(certificate.keyFile): has no private key\(hint)")
    }

    /// Nil for a pipe, which can be read only once.
    private static func pem(_ path: String) throws(Failure) -> String? {
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFIFO { return nil }
        return String(decoding: try read(path, bytesMax: pemBytesMax), as: UTF8.self)
    }

    private static func read(_ path: String, bytesMax: Int) throws(Failure) -> [UInt8] {
        do throws(TextFile.Failure) {
            return try TextFile.read(path, bytesMax: bytesMax)
        } catch {
            throw .wrongFile(error.description)
        }
    }
}
