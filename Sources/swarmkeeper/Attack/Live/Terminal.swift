import Glibc

/// What standard output is.
enum Terminal {
    struct Size: Equatable {
        var columns: Int
        var rows: Int
    }

    /// What a file is read at, and what is taken where a terminal does not tell.
    static let defaultSize = Size(columns: 80, rows: 24)

    /// Whether a person watches, on something that can move its cursor.
    static func isInteractive(_ descriptor: Int32, environment: [String: String]) -> Bool {
        isatty(descriptor) == 1 && environment["TERM"] != "dumb"
    }

    /// As it is now: a window may be made larger at any time.
    static func size(_ descriptor: Int32) -> Size {
        var window = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0 else {
            return defaultSize
        }
        return Size(columns: Int(window.ws_col), rows: max(2, Int(window.ws_row)))
    }
}
