/// As it is stored: by its one spelling, so that what is stored can be read by people and does not
/// depend on how a threshold is built.
extension Threshold: Codable {
    private enum CodingKeys: String, CodingKey {
        case expression, severity, ignoreFirstSeconds, abortAfterSeconds
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self = try ThresholdText.read(try values.decode(String.self, forKey: .expression))
        let word = try values.decodeIfPresent(String.self, forKey: .severity)
        severity = word.flatMap(Severity.init) ?? .fail
        ignoredSeconds = try values.decodeIfPresent(Double.self, forKey: .ignoreFirstSeconds) ?? 0
        abortAfterSeconds = try values.decodeIfPresent(Double.self, forKey: .abortAfterSeconds)
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(ThresholdText.write(self), forKey: .expression)
        if severity != .fail { try values.encode(severity.rawValue, forKey: .severity) }
        if ignoredSeconds > 0 { try values.encode(ignoredSeconds, forKey: .ignoreFirstSeconds) }
        try values.encodeIfPresent(abortAfterSeconds, forKey: .abortAfterSeconds)
    }
}
