/// Which of a backup's two files is in the way.
package enum BackupError: Error, Equatable, Sendable {
    /// The copy's name is taken.
    case exists
    /// The database cannot be read.
    case source(SQLiteError)
    /// The copy cannot be written, or was refused.
    case copy(SQLiteError)
}
