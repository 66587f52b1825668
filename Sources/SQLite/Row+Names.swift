/// The same by name, for statements with many columns; costs a search through the names.
extension Row {
    package func value(_ name: String) throws(SQLiteError) -> Value { try value(index(of: name)) }

    package func int(_ name: String) throws(SQLiteError) -> Int { try int(index(of: name)) }

    package func optionalInt(_ name: String) throws(SQLiteError) -> Int? {
        try optionalInt(index(of: name))
    }

    package func double(_ name: String) throws(SQLiteError) -> Double {
        try double(index(of: name))
    }

    package func optionalDouble(_ name: String) throws(SQLiteError) -> Double? {
        try optionalDouble(index(of: name))
    }

    package func bool(_ name: String) throws(SQLiteError) -> Bool { try bool(index(of: name)) }

    package func optionalBool(_ name: String) throws(SQLiteError) -> Bool? {
        try optionalBool(index(of: name))
    }

    package func text(_ name: String) throws(SQLiteError) -> String { try text(index(of: name)) }

    package func optionalText(_ name: String) throws(SQLiteError) -> String? {
        try optionalText(index(of: name))
    }

    package func blob(_ name: String) throws(SQLiteError) -> [UInt8] { try blob(index(of: name)) }

    package func optionalBlob(_ name: String) throws(SQLiteError) -> [UInt8]? {
        try optionalBlob(index(of: name))
    }
}
