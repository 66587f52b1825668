import Testing

/// The examples of YAML 1.2.2, by their numbers, some of them shortened or put into one document.
/// As in the specification `·` is a space at the end of a line and `→` a tab.
struct SpecificationExample: Sendable, CustomTestStringConvertible {
    let number: String
    let text: String
    /// As `render` shows it, or nil if the example lies outside the subset.
    let meaning: String?

    init(_ number: String, _ text: String, meaning: String?) {
        self.number = number
        self.text = text.replacing("·", with: " ").replacing("→", with: "\t") + "\n"
        self.meaning = meaning
    }

    var testDescription: String { number }
}
