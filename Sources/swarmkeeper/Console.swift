import Glibc

/// What a command says to the person who typed it. The service's own life goes to the log instead.
enum Console {
    static func output(_ text: String) {
        // A reader that has gone away is no reason to fail.
        try? Descriptor.write(text, to: STDOUT_FILENO)
    }

    static func error(_ text: String) {
        // There is nobody left to be told.
        try? Descriptor.write(text, to: STDERR_FILENO)
    }
}
