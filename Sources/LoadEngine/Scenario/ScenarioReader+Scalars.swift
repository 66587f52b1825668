import JSON

extension ScenarioReader {
    /// Text, not empty.
    ///
    /// - Parameter what: the text in words, as in `a name`.
    func text(_ field: Field?, _ what: String, bytesMax: Int) -> String? {
        guard let field else { return nil }
        guard let text = field.value.text else {
            report(field.pointer, "expected \(what), found \(field.value.typeName)")
            return nil
        }
        guard (1...bytesMax).contains(text.utf8.count) else {
            report(
                field.pointer,
                text.isEmpty ? "expected \(what)" : "is longer than \(bytesMax) bytes")
            return nil
        }
        return text
    }

    /// A string, or what else has a spelling: people write numbers without quotes.
    func spelling(_ field: Field, _ what: String, bytesMax: Int) -> String? {
        let text: String? =
            switch field.value {
            case .string(let text): text
            case .int, .double, .bool: String(decoding: field.value.encodedBytes, as: UTF8.self)
            case .null, .array, .object: nil
            }
        guard let text else {
            report(field.pointer, "expected \(what), found \(field.value.typeName)")
            return nil
        }
        guard text.utf8.count <= bytesMax else {
            report(field.pointer, "is longer than \(bytesMax) bytes")
            return nil
        }
        return text
    }

    func bool(_ field: Field?) -> Bool? {
        guard let field else { return nil }
        guard let value = field.value.bool else {
            report(field.pointer, "expected true or false, found \(field.value.typeName)")
            return nil
        }
        return value
    }

    func integer(_ field: Field?, in range: ClosedRange<Int>) -> Int? {
        guard let field else { return nil }
        guard let value = field.value.integer, range.contains(value) else {
            report(
                field.pointer,
                "expected a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return value
    }

    /// A number above 0.
    func number(_ field: Field?, upTo max: Double) -> Double? {
        guard let field else { return nil }
        guard let value = field.value.number, value > 0, value <= max else {
            report(field.pointer, "expected a number above 0, at most \(Self.shown(max))")
            return nil
        }
        return value
    }

    /// Seconds as a number, or text such as `1m30s`.
    func duration(_ field: Field?, in range: ClosedRange<Duration>) -> Duration? {
        guard let field else { return nil }
        let seconds = field.value.number ?? field.value.text.flatMap { ScenarioText.seconds($0) }
        guard let seconds, seconds >= range.lowerBound.seconds,
            seconds <= range.upperBound.seconds
        else {
            report(
                field.pointer,
                "expected seconds or a duration such as 1m30s or 250ms, from "
                    + "\(ScenarioText.shown(range.lowerBound)) to "
                    + "\(ScenarioText.shown(range.upperBound))")
            return nil
        }
        return .nanoseconds(Int64((seconds * 1e9).rounded()))
    }

    /// Requests or iterations per second: a number, or text such as `1000/s` or `30/m`.
    func rate(_ field: Field?, allowsZero: Bool = false) -> Double? {
        guard let field else { return nil }
        let rate = field.value.number ?? field.value.text.flatMap { ScenarioText.rate($0) }
        guard let rate, rate > 0 || allowsZero && rate == 0, rate <= ScenarioLimits.rateMax else {
            report(
                field.pointer,
                "expected a rate per second such as 1000, or 1000/s, 30/m, 10/h, "
                    + "above 0, at most \(Self.shown(ScenarioLimits.rateMax))/s")
            return nil
        }
        return rate
    }

    private static func shown(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : "\(number)"
    }
}
