/// Comma-separated values (RFC 4180): fields may be in quotes, with two quotes for one.
enum CSV {
    struct Mistake: Error, Equatable {
        /// Of the beginning of the row, from 1.
        let line: Int
        let message: String
    }

    /// Reads a line of names, and rows. Empty lines are passed over.
    static func parse(
        _ text: String, rowsMax: Int
    ) throws(Mistake) -> (columns: [String], rows: [[String]]) {
        var reader = Reader(bytes: Array(text.utf8))
        var columns: [String]?
        var rows: [[String]] = []
        while !reader.isAtEnd {
            let line = reader.line
            let row = try reader.row()
            guard row != [""] else { continue }
            guard let names = columns else {
                columns = row
                continue
            }
            guard row.count == names.count else {
                throw Mistake(
                    line: line, message: "has \(row.count) values for \(names.count) columns")
            }
            guard rows.count < rowsMax else {
                throw Mistake(line: line, message: "at most \(rowsMax) rows are allowed")
            }
            rows.append(row)
        }
        return (columns ?? [], rows)
    }

    private struct Reader {
        let bytes: [UInt8]
        private var index = 0
        private(set) var line = 1

        init(bytes: [UInt8]) {
            self.bytes = bytes
            let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
            if bytes.starts(with: byteOrderMark) { index = byteOrderMark.count }
        }

        var isAtEnd: Bool { index >= bytes.count }
        private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

        mutating func row() throws(Mistake) -> [String] {
            var row = [try field()]
            while current == UInt8(ascii: ",") {
                index += 1
                row.append(try field())
            }
            if current == 0x0D { index += 1 }
            guard isAtEnd || current == 0x0A else {
                throw Mistake(line: line, message: "expected a comma or the end of the line")
            }
            index += 1
            line += 1
            return row
        }

        private mutating func field() throws(Mistake) -> String {
            guard current == UInt8(ascii: "\"") else {
                let start = index
                while let byte = current, byte != UInt8(ascii: ","), byte != 0x0A, byte != 0x0D {
                    index += 1
                }
                return String(decoding: bytes[start..<index], as: UTF8.self)
            }
            return try quotedField()
        }

        private mutating func quotedField() throws(Mistake) -> String {
            var text: [UInt8] = []
            index += 1
            while let byte = current {
                index += 1
                if byte == UInt8(ascii: "\"") {
                    guard current == UInt8(ascii: "\"") else {
                        return String(decoding: text, as: UTF8.self)
                    }
                    index += 1
                }
                if byte == 0x0A { line += 1 }
                text.append(byte)
            }
            throw Mistake(line: line, message: "expected a closing quote")
        }
    }
}
