/// Why a text was refused: the first place where it leaves the subset that `YAML` defines.
package struct YAMLError: Error, Equatable {
    package let position: Position
    /// What is wrong there and what to write instead, without the position.
    package let message: String

    package init(position: Position, message: String) {
        self.position = position
        self.message = message
    }
}

extension YAMLError: CustomStringConvertible {
    /// `12:3: ...`, to be put behind a file's name and a colon.
    package var description: String { "\(position): \(message)" }
}
