import Glibc

/// A password from standard input: typed without being shown, or the first line of a pipe. A
/// command line would show it to everybody on the machine.
enum PasswordInput {
    struct Failure: Error, Equatable, CustomStringConvertible {
        let description: String
    }

    /// Longer than any password that the service takes.
    private static let bytesMax = 4096

    /// - Parameter prompt: for whoever types it, who is asked twice.
    static func read(_ prompt: String) throws -> String {
        guard isatty(STDIN_FILENO) == 1 else { return try line(of: readPipe()) }
        let first = try typed(prompt + ": ")
        guard try typed(prompt + ", again: ") == first else {
            throw Failure(description: "the two are not the same")
        }
        return first
    }

    /// The first line, without its end.
    static func line(of bytes: [UInt8]) throws(Failure) -> String {
        var line = bytes.prefix { $0 != UInt8(ascii: "\n") }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        guard let text = String(validating: line, as: UTF8.self) else {
            throw Failure(description: "the password is not UTF-8")
        }
        guard !text.isEmpty else {
            throw Failure(description: "no password comes from standard input")
        }
        return text
    }

    private static func readPipe() throws -> [UInt8] {
        try Descriptor.read(STDIN_FILENO, upTo: bytesMax)
    }

    private static func typed(_ prompt: String) throws -> String {
        var usual = termios()
        guard tcgetattr(STDIN_FILENO, &usual) == 0 else { throw Descriptor.Failure(errno) }
        var hidden = usual
        // Keys come one by one and as keys, Ctrl-C too: a signal would end the program before the
        // terminal shows again what is typed.
        hidden.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        guard tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) == 0 else {
            throw Descriptor.Failure(errno)
        }
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &usual)
            Console.error("\n")
        }
        Console.error(prompt)
        var typing = TypedLine()
        while true {
            // One key at a time: the rest belongs to the next question.
            guard let key = try Descriptor.read(STDIN_FILENO, upTo: 1).first else {
                throw Failure(description: "cancelled")
            }
            switch typing.take(key) {
            case .goOn: continue
            case .cancelled: throw Failure(description: "cancelled")
            case .done: return try line(of: typing.bytes)
            }
        }
    }
}

/// A line as its keys are pressed.
struct TypedLine: Equatable {
    enum Outcome: Equatable {
        case goOn, done, cancelled
    }

    private(set) var bytes: [UInt8] = []

    mutating func take(_ key: UInt8) -> Outcome {
        switch key {
        case 0x0A, 0x0D: return .done
        case 0x03, 0x04, 0x1C: return .cancelled  // Ctrl-C, Ctrl-D and Ctrl-\.
        case 0x15: bytes = []  // Ctrl-U.
        case 0x08, 0x7F:
            // All bytes of the last character.
            while let last = bytes.popLast(), last & 0b1100_0000 == 0b1000_0000 {}
        case 0..<0x20: break
        default: bytes.append(key)
        }
        return .goOn
    }
}
