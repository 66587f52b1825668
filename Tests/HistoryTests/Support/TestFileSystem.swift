import CSQLite
import Foundation
import Synchronization

/// A layer below SQLite that passes everything on to the system's, notes each change of a file, and
/// fails when it is told to.
final class TestFileSystem: Sendable {
    /// A call that changes a file of the store. The index in shared memory is none: it does not
    /// outlive a power failure.
    enum Change: Sendable {
        case write(file: String, offset: Int, bytes: [UInt8])
        case truncate(file: String, size: Int)
        case sync(file: String)
        case delete(file: String)
        /// Makes names that came and went durable.
        case syncFolder
        /// Something that the test has heard an answer to.
        case mark(Int)
    }

    struct Fault {
        /// SQLite's code, and the `errno` that goes with it.
        let code: Int32
        var systemCode = EIO
        /// How much of a write that fails is written all the same.
        var share = 0.0
    }

    let name: String
    private let changes = Mutex([Change]())
    private let fault = Mutex<(@Sendable (Change) -> Fault?)?>(nil)

    init() {
        name = "test-\(UUID().uuidString)"
        FileSystemShim.register(self)
    }

    /// What has changed so far, in order.
    var noted: [Change] { changes.withLock { $0 } }

    func mark(_ number: Int) { changes.withLock { $0.append(.mark(number)) } }

    /// Asks `choose` about each change before it is made; nil lets it be.
    func fail(_ choose: (@Sendable (Change) -> Fault?)?) {
        fault.withLock { $0 = choose }
    }

    /// Whether the change may be made; it is noted then.
    func admit(_ change: Change) -> Fault? {
        if let found = fault.withLock({ $0?(change) }) { return found }
        changes.withLock { $0.append(change) }
        return nil
    }
}

/// SQLite's C interface of such a layer.
enum FileSystemShim {
    /// What stands before the system's own record of an open file.
    private struct Header {
        var base: sqlite3_file
        var owner: UnsafeMutableRawPointer?
        var name: UnsafePointer<CChar>?
        /// The system's layer syncs the folder at the first sync of a log or journal.
        var needsFolderSync: Bool
    }

    private static let headerBytes = (MemoryLayout<Header>.size + 15) & ~15

    /// Lives as long as the process, as SQLite wants it.
    static func register(_ owner: TestFileSystem) {
        guard let system = sqlite3_vfs_find(nil) else { return }
        let layer = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        layer.initialize(to: system.pointee)
        layer.pointee.zName = UnsafePointer(strdup(owner.name))
        layer.pointee.pAppData = Unmanaged.passRetained(owner).toOpaque()
        layer.pointee.szOsFile += Int32(headerBytes)
        layer.pointee.xOpen = { layer, name, file, flags, outFlags in
            FileSystemShim.open(layer, name, file, flags, outFlags)
        }
        layer.pointee.xDelete = { layer, name, syncsFolder in
            if let layer, let name {
                _ = FileSystemShim.fileSystem(at: layer.pointee.pAppData)?.admit(
                    .delete(file: FileSystemShim.suffix(name)))
            }
            let system = sqlite3_vfs_find(nil)
            return system?.pointee.xDelete(system, name, syncsFolder) ?? SQLITE_ERROR
        }
        sqlite3_vfs_register(layer, 0)
    }

    private static func open(
        _ layer: UnsafeMutablePointer<sqlite3_vfs>?, _ name: UnsafePointer<CChar>?,
        _ file: UnsafeMutablePointer<sqlite3_file>?, _ flags: Int32,
        _ outFlags: UnsafeMutablePointer<Int32>?
    ) -> Int32 {
        guard let file, let layer, let system = sqlite3_vfs_find(nil) else { return SQLITE_ERROR }
        file.pointee.pMethods = nil
        let code = system.pointee.xOpen(system, name, real(file), flags, outFlags)
        guard code == SQLITE_OK else { return code }
        UnsafeMutableRawPointer(file).withMemoryRebound(to: Header.self, capacity: 1) { header in
            header.pointee = Header(
                base: sqlite3_file(pMethods: methods.pointer), owner: layer.pointee.pAppData,
                name: name,
                needsFolderSync: flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL) != 0)
        }
        return SQLITE_OK
    }

    private static func real(_ file: UnsafeMutablePointer<sqlite3_file>?)
        -> UnsafeMutablePointer<sqlite3_file>?
    {
        file.map {
            (UnsafeMutableRawPointer($0) + headerBytes).assumingMemoryBound(to: sqlite3_file.self)
        }
    }

    private static func own(_ file: UnsafeMutablePointer<sqlite3_file>?)
        -> (owner: TestFileSystem, name: String)?
    {
        guard let file else { return nil }
        let header = UnsafeMutableRawPointer(file).assumingMemoryBound(to: Header.self).pointee
        // A file without a name is SQLite's own for a moment.
        guard let name = header.name, let owner = fileSystem(at: header.owner) else { return nil }
        return (owner, suffix(name))
    }

    private static func fileSystem(at pointer: UnsafeMutableRawPointer?) -> TestFileSystem? {
        pointer.map { Unmanaged<TestFileSystem>.fromOpaque($0).takeUnretainedValue() }
    }

    /// `""` for the database itself, `-wal` for its log.
    private static func suffix(_ name: UnsafePointer<CChar>) -> String {
        let name = String(cString: name)
        return ["-wal", "-journal"].first { name.hasSuffix($0) } ?? ""
    }

    private static func methodsOf(_ file: UnsafeMutablePointer<sqlite3_file>?)
        -> sqlite3_io_methods?
    {
        real(file)?.pointee.pMethods?.pointee
    }

    /// Made once and never changed.
    private struct Methods: @unchecked Sendable {
        let pointer: UnsafePointer<sqlite3_io_methods>
    }

    private static let methods: Methods = {
        let pointer = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
        pointer.initialize(to: table)
        return Methods(pointer: UnsafePointer(pointer))
    }()

    private static var table: sqlite3_io_methods {
        sqlite3_io_methods(
            iVersion: 2,
            xClose: {
                FileSystemShim.methodsOf($0)?.xClose(FileSystemShim.real($0)) ?? SQLITE_ERROR
            },
            xRead: {
                FileSystemShim.methodsOf($0)?.xRead(FileSystemShim.real($0), $1, $2, $3)
                    ?? SQLITE_ERROR
            },
            xWrite: { FileSystemShim.write($0, $1, $2, $3) },
            xTruncate: { file, size in
                if let (owner, name) = FileSystemShim.own(file),
                    let fault = owner.admit(.truncate(file: name, size: Int(size)))
                {
                    return FileSystemShim.refuse(fault)
                }
                return FileSystemShim.methodsOf(file)?.xTruncate(FileSystemShim.real(file), size)
                    ?? SQLITE_ERROR
            },
            xSync: { file, _ in FileSystemShim.sync(file) },
            xFileSize: {
                FileSystemShim.methodsOf($0)?.xFileSize(FileSystemShim.real($0), $1) ?? SQLITE_ERROR
            },
            xLock: {
                FileSystemShim.methodsOf($0)?.xLock(FileSystemShim.real($0), $1) ?? SQLITE_ERROR
            },
            xUnlock: {
                FileSystemShim.methodsOf($0)?.xUnlock(FileSystemShim.real($0), $1) ?? SQLITE_ERROR
            },
            xCheckReservedLock: {
                FileSystemShim.methodsOf($0)?.xCheckReservedLock(FileSystemShim.real($0), $1)
                    ?? SQLITE_ERROR
            },
            xFileControl: {
                FileSystemShim.methodsOf($0)?.xFileControl(FileSystemShim.real($0), $1, $2)
                    ?? SQLITE_ERROR
            },
            xSectorSize: {
                FileSystemShim.methodsOf($0)?.xSectorSize(FileSystemShim.real($0)) ?? 0
            },
            xDeviceCharacteristics: {
                FileSystemShim.methodsOf($0)?.xDeviceCharacteristics(FileSystemShim.real($0)) ?? 0
            },
            xShmMap: {
                FileSystemShim.methodsOf($0)?.xShmMap(FileSystemShim.real($0), $1, $2, $3, $4)
                    ?? SQLITE_ERROR
            },
            xShmLock: {
                FileSystemShim.methodsOf($0)?.xShmLock(FileSystemShim.real($0), $1, $2, $3)
                    ?? SQLITE_ERROR
            },
            xShmBarrier: { FileSystemShim.methodsOf($0)?.xShmBarrier(FileSystemShim.real($0)) },
            xShmUnmap: {
                FileSystemShim.methodsOf($0)?.xShmUnmap(FileSystemShim.real($0), $1) ?? SQLITE_ERROR
            },
            xFetch: nil, xUnfetch: nil)
    }

    /// The system is not asked: what is on disk is what the noted changes say.
    private static func sync(_ file: UnsafeMutablePointer<sqlite3_file>?) -> Int32 {
        guard let file, let (owner, name) = own(file) else { return SQLITE_OK }
        if let fault = owner.admit(.sync(file: name)) { return refuse(fault) }
        let header = UnsafeMutableRawPointer(file).assumingMemoryBound(to: Header.self)
        guard header.pointee.needsFolderSync else { return SQLITE_OK }
        if let fault = owner.admit(.syncFolder) { return refuse(fault) }
        header.pointee.needsFolderSync = false
        return SQLITE_OK
    }

    private static func write(
        _ file: UnsafeMutablePointer<sqlite3_file>?, _ bytes: UnsafeRawPointer?, _ count: Int32,
        _ offset: sqlite3_int64
    ) -> Int32 {
        guard let methods = methodsOf(file) else { return SQLITE_ERROR }
        let buffer = UnsafeRawBufferPointer(start: bytes, count: Int(count))
        if let (owner, name) = own(file),
            let fault = owner.admit(
                .write(file: name, offset: Int(offset), bytes: Array(buffer)))
        {
            let part = Int32(Double(count) * fault.share)
            if part > 0 { _ = methods.xWrite(real(file), bytes, part, offset) }
            return refuse(fault)
        }
        return methods.xWrite(real(file), bytes, count, offset)
    }

    private static func refuse(_ fault: TestFileSystem.Fault) -> Int32 {
        errno = fault.systemCode
        return fault.code
    }
}
