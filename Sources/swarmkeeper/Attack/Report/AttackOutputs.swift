import LoadEngine

/// The files that an attack writes, each in its format.
final class AttackOutputs {
    private struct Output {
        let format: OutputRequest.Format
        /// Nil for standard output.
        let file: OutputFile?
    }

    private let outputs: [Output]
    private let writeOut: (String) throws -> Void
    private var failures: [String] = []
    private var isOutFailed = false
    /// The last row, to which the end may add what came a moment later.
    private var row: SecondsTable.Row?

    /// - Parameter writeOut: what stands for standard output.
    init(_ requests: [OutputRequest], writeOut: @escaping (String) throws -> Void)
        throws(OutputFile.Failure)
    {
        self.writeOut = writeOut
        var outputs: [Output] = []
        for request in requests {
            let file: OutputFile? = request.isStandardOutput ? nil : try OutputFile(request.path)
            outputs.append(Output(format: request.format, file: file))
        }
        self.outputs = outputs
        write(SecondsTable.header, as: .csv)
    }

    static func check(_ requests: [OutputRequest]) throws(OutputFile.Failure) {
        for request in requests where !request.isStandardOutput {
            try OutputFile.check(request.path)
        }
    }

    /// - Parameters:
    ///   - elapsed: since the start, the wait for the last answers included.
    ///   - interval: since the report before.
    func add(_ moment: Moment, at elapsed: Duration, interval: Duration) {
        let new = SecondsTable.Row(moment, at: elapsed, interval: interval)
        guard var last = row else {
            row = new
            return
        }
        // A rate over a moment would say nothing.
        if moment.report.isFinal, !RecentSeconds.hasRate(interval) {
            last.append(new)
            row = last
        } else {
            write(SecondsTable.text(last), as: .csv)
            row = new
        }
    }

    /// Writes what is told of the whole, and puts all files in their places.
    ///
    /// - Returns: what went wrong, a line for each file.
    func finish(_ result: AttackResult) -> [String] {
        if let row { write(SecondsTable.text(row), as: .csv) }
        let document = AttackJSON.document(result).encodedBytes
        write(String(decoding: document, as: UTF8.self) + "\n", as: .json)
        write(PercentileDistribution.text(result.total.latency), as: .hdr)
        for output in outputs {
            do throws(OutputFile.Failure) {
                try output.file?.finish()
            } catch {
                failures.append(error.description)
            }
        }
        return failures
    }

    func discard() {
        for output in outputs { output.file?.discard() }
    }

    private func write(_ text: @autoclosure () -> String, as format: OutputRequest.Format) {
        for output in outputs where output.format == format {
            if let file = output.file { file.write(text()) } else { put(text()) }
        }
    }

    /// Behind what is missing nothing is written; the failure is told once.
    private func put(_ text: String) {
        guard !isOutFailed else { return }
        do {
            try writeOut(text)
        } catch {
            isOutFailed = true
            let reason = (error as? Descriptor.Failure)?.reason ?? "\(error)"
            failures.append("standard output: cannot be written: \(reason)")
        }
    }
}
