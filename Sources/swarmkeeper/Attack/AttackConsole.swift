/// Where an attack says what it has to say.
struct AttackConsole: Sendable {
    /// Whether a person watches at a terminal.
    let isInteractive: Bool
    /// Progress and summary.
    let write: @Sendable (String) -> Void
    /// A result that was asked for on standard output.
    let writeResult: @Sendable (String) -> Void
    private let measure: @Sendable () -> Terminal.Size

    init(
        isInteractive: Bool, size: @escaping @Sendable () -> Terminal.Size,
        write: @escaping @Sendable (String) -> Void,
        writeResult: @escaping @Sendable (String) -> Void
    ) {
        self.isInteractive = isInteractive
        self.write = write
        self.writeResult = writeResult
        measure = size
    }

    /// Standard output; where that is taken by a result, standard error.
    init(isOutputTaken: Bool, environment: [String: String]) {
        let descriptor: Int32 = isOutputTaken ? 2 : 1
        let write = isOutputTaken ? Console.error : Console.output
        self.init(
            isInteractive: Terminal.isInteractive(descriptor, environment: environment),
            size: { Terminal.size(descriptor) }, write: write, writeResult: Console.output)
    }

    var size: Terminal.Size { measure() }

    func mode(isQuiet: Bool) -> AttackDisplay.Mode {
        if isQuiet { return .none }
        return isInteractive ? .live : .lines
    }
}
