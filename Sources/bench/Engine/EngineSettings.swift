struct EngineSettings { static let help = "" }
enum EngineCommand { static func run(_ a: [String]) throws {} }
