import Foundation

/// What a person reads.
enum Console {
    static func output(_ text: String) { write(text, to: .standardOutput) }
    static func error(_ text: String) { write(text, to: .standardError) }

    private static func write(_ text: String, to handle: FileHandle) {
        // A reader that has gone away is no reason to fail.
        try? handle.write(contentsOf: Data(text.utf8))
    }
}
