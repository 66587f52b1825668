import Foundation

/// What a command says to the person who typed it. The service's own life goes to the log instead.
enum Console {
    static func output(_ text: String) {
        write(text, to: .standardOutput)
    }

    static func error(_ text: String) {
        write(text, to: .standardError)
    }

    private static func write(_ text: String, to handle: FileHandle) {
        // A reader that has gone away is no reason to fail.
        try? handle.write(contentsOf: Data(text.utf8))
    }
}
