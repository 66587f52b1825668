import Glibc
import Networking

/// The body of a load-generating thread.
enum WorkerThread {
    /// Between two looks for something that comes soon.
    private static let pauseMicroseconds: UInt32 = 200

    static func run(
        _ plan: LoadPlan, _ number: Int, _ origins: [OriginSlot], _ control: RunControl,
        _ port: WorkerPort
    ) {
        LoopThread.sharpenTimers()
        do throws(LoadError) {
            let worker = try Worker(
                plan: plan, number: number, origins: origins, control: control, port: port)
            port.finishSetUp(.success(()))
            // All threads begin together, when the last one is ready.
            while control.startTime == 0 { pause() }
            worker.run()
        } catch {
            port.finishSetUp(.failure(error))
        }
    }

    static func pause() { usleep(pauseMicroseconds) }
}
