/// Field names and values in the order in which they were sent or will be.
///
/// Names compare without regard to case and keep the spelling they came with (RFC 9110, section
/// 5.1). A value is text without the white space around it; bytes that are no UTF-8 were replaced.
package struct HeaderFields: Sendable {
    private var fields: [(name: String, value: String)]

    package init(_ fields: [(name: String, value: String)] = []) {
        self.fields = fields
    }

    /// The value of the first field called `name`.
    package subscript(name: String) -> String? {
        for field in fields where field.name.equalsIgnoringCase(name) { return field.value }
        return nil
    }

    /// The values of all fields called `name`, in order.
    package func values(_ name: String) -> [String] {
        var values: [String] = []
        for field in fields where field.name.equalsIgnoringCase(name) { values.append(field.value) }
        return values
    }

    /// Appends a field, also where one of that name exists.
    package mutating func add(_ name: String, _ value: String) {
        fields.append((name, value))
    }

    /// Replaces all fields called `name` by this one.
    package mutating func set(_ name: String, _ value: String) {
        remove(name)
        fields.append((name, value))
    }

    /// Removes all fields called `name`.
    package mutating func remove(_ name: String) {
        fields.removeAll { $0.name.equalsIgnoringCase(name) }
    }

    mutating func reserveCapacity(_ count: Int) {
        fields.reserveCapacity(count)
    }
}

extension HeaderFields: RandomAccessCollection {
    package var startIndex: Int { 0 }
    package var endIndex: Int { fields.count }
    package subscript(position: Int) -> (name: String, value: String) { fields[position] }
}

extension HeaderFields: Equatable {
    package static func == (left: HeaderFields, right: HeaderFields) -> Bool {
        left.elementsEqual(right) {
            $0.name.equalsIgnoringCase($1.name) && $0.value == $1.value
        }
    }
}

extension HeaderFields: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    package init(arrayLiteral elements: (name: String, value: String)...) {
        self.init(elements)
    }

    package init(dictionaryLiteral elements: (String, String)...) {
        self.init(elements.map { (name: $0.0, value: $0.1) })
    }
}
