/// What the person who watches an attack still waits for; less with each Ctrl-C.
enum Patience: Equatable {
    /// The planned end.
    case plan
    /// The answers to what is on its way.
    case lastAnswers
    /// The summary only.
    case none

    var next: Patience { self == .plan ? .lastAnswers : .none }

    /// What is told of it; nil before the first signal.
    var text: String? {
        switch self {
        case .plan: nil
        case .lastAnswers: "stopping; a second Ctrl-C gives up waiting"
        case .none: "stopping at once"
        }
    }
}
