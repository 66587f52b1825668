/// Inside other values a JSON value is coded as its own text. Foundation's decoders guess a type
/// after the other and describe the whole path at each wrong guess: 50 ms for 16 KB that nest 16
/// deep, which the store would pay for each run of a list.
extension JSONValue: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        self = try JSONReader.document(Array(text.utf8))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(String(decoding: encodedBytes, as: UTF8.self))
    }
}
