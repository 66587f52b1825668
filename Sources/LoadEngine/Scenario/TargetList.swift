import JSON

/// The requests of a list of targets, and everything that is wrong with it.
struct TargetList {
    private struct Fault {
        /// Nil in an array, whose targets have pointers.
        let line: Int?
        let problem: ScenarioProblem
    }

    let hasBaseURL: Bool
    private var requests: [ScenarioRequest] = []
    private var faults: [Fault] = []

    init(hasBaseURL: Bool) {
        self.hasBaseURL = hasBaseURL
    }

    /// Whether more of the list would change nothing.
    private var isFull: Bool {
        faults.count >= ScenarioLimits.problemsMax || requests.count > ScenarioLimits.targetsMax
    }

    mutating func readArray(_ bytes: [UInt8]) {
        do {
            let items = try JSONReader.document(bytes).items ?? []
            for (index, item) in items.enumerated() where !isFull {
                let field = ScenarioReader.Field(pointer: "/\(index)", value: item)
                read(line: nil) { reader in reader.target(field) }
            }
        } catch {
            report(nil, "no JSON: expected \(error.expected) at byte \(error.offset)")
        }
    }

    mutating func readLines(_ bytes: [UInt8]) {
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated()
        where !isFull && line.contains(where: { $0 > 0x20 }) {
            do {
                let value = try JSONReader.document(Array(line))
                let field = ScenarioReader.Field(pointer: "", value: value)
                read(line: index + 1) { reader in reader.target(field) }
            } catch {
                report(
                    index + 1, "no JSON: expected \(error.expected) at byte \(error.offset)")
            }
        }
    }

    /// Lines of text, in which a target begins with its method.
    mutating func readText(_ bytes: [UInt8], readFile: ((String) -> [UInt8]?)?) {
        var text = TargetText(readFile: readFile)
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where !isFull {
            do {
                try text.read(String(decoding: line, as: UTF8.self), number: index + 1)
            } catch {
                report(index + 1, error.message)
            }
        }
        // Both kinds of faults are told, so each has its own room.
        let earlier = faults
        faults = []
        for target in text.targets where !isFull {
            read(line: target.line, namesMembers: false) { _ in target }
        }
        faults = earlier + faults
    }

    /// The requests, of which none has a fault.
    func finish() throws(ScenarioError) -> [ScenarioRequest] {
        guard !faults.isEmpty else { return requests }
        let sorted = faults.enumerated().sorted {
            ($0.element.line ?? 0, $0.offset) < ($1.element.line ?? 0, $1.offset)
        }
        throw ScenarioError(
            sorted.prefix(ScenarioLimits.problemsMax).map(\.element.problem))
    }

    /// - Parameter namesMembers: whether a fault is told with the member that has it.
    private mutating func read(
        line: Int?, namesMembers: Bool = true, _ target: (ScenarioReader) -> RawTarget?
    ) {
        let reader = ScenarioReader()
        if let target = target(reader), var request = reader.request(target, naming: nil) {
            if !hasBaseURL, request.target.origin == nil {
                reader.report(
                    target.pointer + "/url",
                    "expected an absolute URL such as http://shop.example\(target.url.prefix(60)),"
                        + " or a base URL beside the targets")
            }
            request.line = line
            requests.append(request)
        }
        for problem in reader.problems {
            guard line != nil else {
                faults.append(Fault(line: nil, problem: problem))
                continue
            }
            let member = namesMembers ? problem.pointer.dropFirst() : ""
            report(line, member.isEmpty ? problem.message : "\(member): \(problem.message)")
        }
    }

    private mutating func report(_ line: Int?, _ message: String) {
        let place = line.map { "line \($0): " } ?? ""
        faults.append(
            Fault(line: line, problem: ScenarioProblem(pointer: "", message: place + message)))
    }
}

extension ScenarioReader {
    /// A target as Vegeta writes it in JSON.
    fileprivate func target(_ field: Field) -> RawTarget? {
        let known = ["method", "url", "header", "body"]
        guard let fields = fields(of: field, known: known, what: "a target") else { return nil }
        let url = text(fields["url"], "a URL", bytesMax: ScenarioLimits.targetBytesMax)
        let method = text(fields["method"], "a method", bytesMax: HTTPMethod.bytesMax)
        guard let url, let method else {
            if fields["url"] == nil || fields["method"] == nil {
                report(field.pointer, "expected method and url")
            }
            return nil
        }
        var target = RawTarget(pointer: field.pointer, method: method, url: url)
        target.headers = rawHeaders(fields["header"]).map { ($0.name, $0.text) }
        if let body = fields["body"] {
            target.body = body.value.text.flatMap { Base64.decode(Array($0.utf8)) }
            if target.body == nil { report(body.pointer, "expected Base64") }
        }
        return target
    }
}
