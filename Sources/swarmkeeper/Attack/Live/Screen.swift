/// Redraws some lines of a terminal in place. Makes the characters to be written and writes none.
struct Screen {
    private static let hideCursor = "\u{1B}[?25l"
    private static let showCursor = "\u{1B}[?25h"
    private static let eraseLine = "\u{1B}[2K"
    private static let eraseBelow = "\u{1B}[J"

    let isColored: Bool
    private var drawnLines = 0
    private var isCursorHidden = false

    init(isColored: Bool) {
        self.isColored = isColored
    }

    /// `lines` in the place of those that were drawn before; one text, so that nothing flickers.
    mutating func draw(_ lines: [StyledLine], rows: Int) -> String {
        var text = isCursorHidden ? "" : Self.hideCursor
        text += backToTop
        // What is higher than the terminal scrolls away, and could not be drawn over again.
        let shown = lines.prefix(max(1, rows - 1))
        for line in shown {
            // Erased first: behind a full line the cursor still stands on its last column.
            text += Self.eraseLine + line.rendered(inColor: isColored) + "\n"
        }
        isCursorHidden = true
        drawnLines = shown.count
        return text + Self.eraseBelow
    }

    /// Takes away what was drawn and gives the cursor back.
    mutating func clear() -> String {
        guard isCursorHidden else { return "" }
        let text = backToTop + Self.eraseBelow + Self.showCursor
        drawnLines = 0
        isCursorHidden = false
        return text
    }

    private var backToTop: String {
        drawnLines > 0 ? "\r\u{1B}[\(drawnLines)A" : "\r"
    }
}
