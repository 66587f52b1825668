import Glibc

/// Where an attack says what it has to say.
struct AttackConsole: Sendable {
    /// Whether a person watches at a terminal.
    let isInteractive: Bool
    /// The summary, and progress: what nobody can read is lost without harm there.
    let write: @Sendable (String) throws -> Void
    /// A result that was asked for on standard output.
    let writeResult: @Sendable (String) throws -> Void
    private let measure: @Sendable () -> Terminal.Size

    init(
        isInteractive: Bool, size: @escaping @Sendable () -> Terminal.Size,
        write: @escaping @Sendable (String) throws -> Void,
        writeResult: @escaping @Sendable (String) throws -> Void
    ) {
        self.isInteractive = isInteractive
        self.write = write
        self.writeResult = writeResult
        measure = size
    }

    /// Standard output; where that is taken by a result, standard error.
    init(isOutputTaken: Bool, environment: [String: String]) {
        let descriptor = isOutputTaken ? STDERR_FILENO : STDOUT_FILENO
        self.init(
            isInteractive: Terminal.isInteractive(descriptor, environment: environment),
            size: { Terminal.size(descriptor) },
            write: { text in try Descriptor.write(text, to: descriptor) },
            writeResult: { text in try Descriptor.write(text, to: STDOUT_FILENO) })
    }

    func writeProgress(_ text: String) {
        // The next line of it says more, and the summary all: that is where a failure counts.
        if !text.isEmpty { try? write(text) }
    }

    var size: Terminal.Size { measure() }

    func mode(isQuiet: Bool) -> AttackDisplay.Mode {
        if isQuiet { return .none }
        return isInteractive ? .live : .lines
    }
}
